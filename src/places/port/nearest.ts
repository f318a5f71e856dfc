// What every provider promises about its results, kept in one place: nothing outside the radius, nearest first, at most
// as many as were asked for. Distances are great circles on a sphere of 6,371 km, the measure of the index that the
// embedded places are found with, so that index and promise cannot disagree. Keeps WA3.

import { distance } from "geokdbush";

import type { Place, PlacesQuery } from "../../core/protocol/places.ts";

/** Kilometres from the centre of the query to the place. */
export function distanceKm(query: PlacesQuery, place: Place): number {
  const { lat, lng } = place.geometry.location;
  return distance(query.longitude, query.latitude, lng, lat);
}

/** Of some places, those that answer the query. */
export function nearestWithin<P extends Place>(query: PlacesQuery, places: readonly P[]): P[] {
  return places
    .map((place) => ({ place, km: distanceKm(query, place) }))
    .filter(({ km }) => km <= query.radiusKm)
    .toSorted((a, b) => a.km - b.km)
    .slice(0, query.items)
    .map(({ place }) => place);
}
