// What every provider promises about its results: all within the radius, nearest first, no more than were asked for.
//
// Distances are great circles on a sphere of 6,371 km. The index of the embedded places measures in the same way, so index and
// promise cannot disagree. Keeps WA3 and WA5.

import { distance } from "geokdbush";

import type { Place, PlacesQuery } from "../../core/protocol/places.ts";

/** Kilometres from the centre of the query to the place. */
export function distanceKm(query: PlacesQuery, place: Place): number {
  const { lat, lng } = place.geometry.location;
  return distance(query.longitude, query.latitude, lng, lat);
}

/** The places that answer the query. */
export function nearestWithin<P extends Place>(query: PlacesQuery, places: readonly P[]): P[] {
  return places
    .map((place) => ({ place, km: distanceKm(query, place) }))
    .filter(({ km }) => km <= query.radiusKm)
    .toSorted((a, b) => a.km - b.km)
    .slice(0, query.items)
    .map(({ place }) => place);
}
