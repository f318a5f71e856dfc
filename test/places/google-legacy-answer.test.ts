import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { formatPlaces } from "../../src/core/places.ts";
import { readGoogleAnswer } from "../../src/places/google-legacy-answer.ts";
import { distanceKm } from "../../src/places/nearest.ts";
import { failure, names, northOf, UCLA } from "./samples.ts";

const place = northOf(UCLA, 1);

describe("the envelope", () => {
  test.each([
    ["no results", { status: "OK" }, /usable "results"/],
    ["results that are no list", { status: "OK", results: {} }, /usable/],
    ["no status", { results: [place] }, /usable "status"/],
    ["a status that Google does not have", { status: "FINE", results: [place] }, /usable "status"/],
    ["null", null, /usable "status"/],
    ["a list", [place], /usable "status"/],
    ["a number", 7, /usable "status"/],
  ])("[WA4] %s is UNKNOWN_ERROR with an error_message", (_what, body, message) => {
    const outcome = failure(readGoogleAnswer(JSON.stringify(body), UCLA));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: false });
    expect(outcome.message).toMatch(message);
  });

  test("[WA3] attributions that are no strings are left out, not the answer", () => {
    const body = JSON.stringify({ status: "OK", results: [place], html_attributions: [1] });
    expect(readGoogleAnswer(body, UCLA)).toMatchObject({ answer: { html_attributions: [], results: [place] } });
  });
});

describe("the places", () => {
  test.each([
    ["without a name", { ...place, name: undefined }],
    ["with an empty name", { ...place, name: "" }],
    ["without geometry", { ...place, geometry: undefined }],
    ["without a location", { ...place, geometry: {} }],
    ["with text for a latitude", { ...place, geometry: { location: { lat: "34", lng: -118 } } }],
    ["off the earth", { ...place, geometry: { location: { lat: 91, lng: -118 } } }],
    ["nested without reason", { ...place, nested: nested(20) }],
    ["that is null", null],
  ])("[WA3] a place %s is dropped, the others stay", (_what, bad) => {
    const body = JSON.stringify({ status: "OK", results: [bad, place] });
    expect(names(readGoogleAnswer(body, UCLA))).toEqual([place.name]);
  });
});

describe("whatever the body is", () => {
  const near = fc.record({
    name: fc.string(),
    geometry: fc.record({ location: fc.record({ lat: degrees(90), lng: degrees(180) }) }),
  });
  const envelope = fc.record(
    {
      status: fc.constantFrom("OK", "ZERO_RESULTS", "REQUEST_DENIED", "?"),
      results: fc.oneof(fc.array(fc.oneof(near, fc.jsonValue())), fc.jsonValue()),
      error_message: fc.jsonValue(),
      html_attributions: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    envelope.map((value) => JSON.stringify(value)),
  );
  const query = fc.record({
    latitude: degrees(90),
    longitude: degrees(180),
    radiusKm: fc.double({ min: 0.001, max: 20_000, noNaN: true }),
    items: fc.integer({ min: 1, max: 20 }),
  });

  test("[WA3] there is an outcome and no throw, and what is found answers the query", () => {
    fc.assert(
      fc.property(body, query, (text, asked) => {
        const outcome = readGoogleAnswer(text, asked);
        if (outcome.ok) {
          const kms = outcome.answer.results.map((result) => distanceKm(asked, result));
          expect(kms).toEqual(kms.filter((km) => km <= asked.radiusKm).toSorted((a, b) => a - b));
          expect(kms.length).toBeLessThanOrEqual(asked.items);
          expect(formatPlaces(outcome.answer, asked.items)).toMatch(/^\{\n/);
        } else {
          expect(outcome.message).toMatch(/^Google Places /);
        }
      }),
      { seed: 20261122, numRuns: 1000 },
    );
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

function degrees(most: number): fc.Arbitrary<number> {
  return fc.double({ min: -most, max: most, noNaN: true });
}
