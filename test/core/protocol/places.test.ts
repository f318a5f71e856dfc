import { describe, expect, test } from "vitest";

import { formatPlaces, type Place, type PlacesAnswer } from "../../../src/core/protocol/places.ts";

const place = (name: string): Place => ({ name, geometry: { location: { lat: 1, lng: 2 } } });
const answer = (results: readonly Place[]): PlacesAnswer => ({ html_attributions: [], results, status: "OK" });

describe("places as text", () => {
  test("[WA3] are JSON, in Google's shape", () => {
    expect(JSON.parse(formatPlaces(answer([place("a")]), 5))).toEqual(answer([place("a")]));
  });

  test.each([0, 1, 2, 3])("[WA3] at most as many as were asked for: %d", (items) => {
    const all = ["a", "b"].map(place);
    expect(JSON.parse(formatPlaces(answer(all), items))).toEqual(answer(all.slice(0, items)));
  });

  test("[WA3] have no two newlines in a row and none at the end, whatever the name of a place is", () => {
    const text = formatPlaces(answer([place("a\n\n\nb\n"), place("\n\n")]), 5);
    expect(text).not.toMatch(/\n\n|\n$/);
    expect(JSON.parse(text)).toEqual(answer([place("a\n\n\nb\n"), place("\n\n")]));
  });

  test("[WA3] have no character that could end a line, except the newlines of the JSON itself", () => {
    const named = [place("a\r\u000b\u000c\u001c\u0085b\u2028c\u2029"), place("\ud800 alone")];
    const text = formatPlaces(answer(named), 5);
    // oxlint-disable-next-line no-control-regex -- the test looks for control characters
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u0085\u2028\u2029\ud800]/);
    expect(JSON.parse(text)).toEqual(answer(named));
  });

  test("[WA4] keep that shape in a failure, with what went wrong", () => {
    const failure: PlacesAnswer = {
      html_attributions: [],
      results: [],
      status: "REQUEST_DENIED",
      error_message: "The key is wrong.",
    };
    expect(JSON.parse(formatPlaces(failure, 5))).toEqual(failure);
  });
});
