// Queries and places that several tests of this room use.

import type { Place, PlacesQuery } from "../../src/core/places.ts";
import type { PlacesFailure, PlacesOutcome } from "../../src/places/provider.ts";

/** The paper's own example: a client at UCLA. */
export const UCLA: PlacesQuery = { latitude: 34.06893, longitude: -118.445127, radiusKm: 10, items: 5 };

/** A place so many kilometres north of the query's centre. */
export function northOf(query: PlacesQuery, km: number, fields: Record<string, unknown> = {}): Place {
  const lat = query.latitude + (km / 6371) * (180 / Math.PI);
  return { ...fields, name: `${km} km north`, geometry: { location: { lat, lng: query.longitude } } };
}

export function names(outcome: PlacesOutcome): readonly string[] {
  if (!outcome.ok) throw new Error(`Expected places, got ${outcome.status}: ${outcome.message}`);
  return outcome.answer.results.map(({ name }) => name);
}

export function failure(outcome: PlacesOutcome): PlacesFailure {
  if (outcome.ok) throw new Error(`Expected a failure, got ${JSON.stringify(outcome.answer)}`);
  return outcome;
}
