// Any body, from either of Google's APIs, is read without a throw, and never gives more than was asked for.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { formatPlaces, type PlacesQuery } from "../../../src/core/protocol/places.ts";
import { readGoogleAnswer } from "../../../src/places/google/google-answer.ts";
import { readLegacyAnswer } from "../../../src/places/google/google-legacy-answer.ts";
import { distanceKm } from "../../../src/places/port/nearest.ts";
import type { PlacesOutcome } from "../../../src/places/port/provider.ts";

const query = fc.record({
  latitude: degrees(90),
  longitude: degrees(180),
  radiusKm: fc.double({ min: 0.001, max: 20_000, noNaN: true }),
  items: fc.integer({ min: 1, max: 20 }),
});

const legacyPlace = fc.record({
  name: fc.string(),
  geometry: fc.record({ location: fc.record({ lat: degrees(90), lng: degrees(180) }) }),
});
const legacyAnswer = fc.record(
  {
    status: fc.constantFrom("OK", "ZERO_RESULTS", "REQUEST_DENIED", "?"),
    results: listOf(legacyPlace),
    error_message: fc.jsonValue(),
    html_attributions: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const place = fc.record(
  {
    displayName: fc.record({ text: fc.string() }),
    location: fc.record({ latitude: degrees(90), longitude: degrees(180) }),
    id: fc.oneof(fc.string(), fc.jsonValue()),
    photos: fc.jsonValue(),
    attributions: fc.jsonValue(),
    priceLevel: fc.jsonValue(),
  },
  { requiredKeys: ["displayName", "location"] },
);
const answer = fc.record({ places: listOf(place), error: fc.jsonValue() }, { requiredKeys: [] });

interface Reading {
  readonly api: string;
  readonly body: fc.Arbitrary<unknown>;
  readonly read: (httpStatus: number, text: string, query: PlacesQuery) => PlacesOutcome;
}

const READINGS: readonly Reading[] = [
  { api: "google", body: answer, read: readGoogleAnswer },
  { api: "google-legacy", body: legacyAnswer, read: (_status, text, query) => readLegacyAnswer(text, query) },
];

describe.each(READINGS)("of $api", ({ body, read }) => {
  test("[WA3] [WA5] there is an outcome and no throw, and what is found answers the query", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      body.map((value) => JSON.stringify(value)),
    );
    const status = fc.oneof({ weight: 4, arbitrary: fc.constant(200) }, fc.integer({ min: 0, max: 999 }));
    let found = 0;
    fc.assert(
      fc.property(status, text, query, (httpStatus, text, asked) => {
        const outcome = read(httpStatus, text, asked);
        if (outcome.ok) {
          const kms = outcome.answer.results.map((result) => distanceKm(asked, result));
          found += kms.length;
          expect(kms).toEqual(kms.filter((km) => km <= asked.radiusKm).toSorted((a, b) => a - b));
          expect(kms.length).toBeLessThanOrEqual(asked.items);
          expect(formatPlaces(outcome.answer, asked.items)).toMatch(/^\{\n/);
        } else {
          expect(outcome.message).toMatch(/^Google Places /);
        }
      }),
      { seed: 20261122, numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(100);
  });
});

/** A list of such places, a mixed list, or no list at all. */
function listOf(place: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(fc.array(place), fc.array(fc.oneof(place, fc.jsonValue())), fc.jsonValue());
}

function degrees(most: number): fc.Arbitrary<number> {
  return fc.double({ min: -most, max: most, noNaN: true });
}
