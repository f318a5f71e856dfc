import { describe, expect, test } from "vitest";

import { readLegacyAnswer } from "../../../src/places/google/google-legacy-answer.ts";
import { failure, names, northOf, UCLA } from "../samples.ts";

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
    const outcome = failure(readLegacyAnswer(JSON.stringify(body), UCLA));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: false });
    expect(outcome.message).toMatch(message);
  });

  test("[WA3] attributions that are no strings are left out, not the answer", () => {
    const body = JSON.stringify({ status: "OK", results: [place], html_attributions: [1] });
    expect(readLegacyAnswer(body, UCLA)).toMatchObject({ answer: { html_attributions: [], results: [place] } });
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
    expect(names(readLegacyAnswer(body, UCLA))).toEqual([place.name]);
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}
