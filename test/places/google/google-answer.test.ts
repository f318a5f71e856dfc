import { describe, expect, test } from "vitest";

import type { Place, PlacesAnswer } from "../../../src/core/protocol/places.ts";
import { readGoogleAnswer } from "../../../src/places/google/google-answer.ts";
import { NEW_PLACE } from "./documented-place.ts";
import { failure, names, newNorthOf, northOf, UCLA } from "../samples.ts";

function readAnswer(body: unknown, query = UCLA): PlacesAnswer {
  const outcome = readGoogleAnswer(200, JSON.stringify(body), query);
  if (!outcome.ok) throw new Error(`Expected places, got ${outcome.status}: ${outcome.message}`);
  return outcome.answer;
}

/** The legacy fields of a place with these fields, without its name and position. */
function translated(fields: Record<string, unknown>): Record<string, unknown> {
  const place = northOf(UCLA, 1);
  const [result] = readAnswer({ places: [newNorthOf(UCLA, 1, fields)] }).results;
  expect(result).toMatchObject(place);
  const { name, geometry, ...rest } = result as Place;
  const { location, ...around } = geometry;
  expect({ name, geometry: { location } }).toEqual(place);
  return { ...rest, ...around };
}

const [photo] = NEW_PLACE.photos;
const { low } = NEW_PLACE.viewport;

function photoBy(...authorAttributions: readonly unknown[]): Record<string, unknown> {
  return { photos: [{ ...photo, authorAttributions }] };
}

function photoCredited(...html_attributions: readonly string[]): Record<string, unknown> {
  return { photos: [{ photo_reference: photo.name, width: photo.widthPx, height: photo.heightPx, html_attributions }] };
}

function by(provider: unknown, providerUri?: unknown): Record<string, unknown> {
  return { provider, providerUri };
}

describe("what Google says about a place, in the legacy shape", () => {
  test.each([
    ["the id", { id: "ChIJ1" }, { place_id: "ChIJ1" }],
    [
      "the viewport",
      { viewport: NEW_PLACE.viewport },
      { viewport: { northeast: { lat: 34.0724, lng: -118.4438 }, southwest: { lat: 34.0697, lng: -118.4465 } } },
    ],
    ["the types", { types: ["cafe", "food"] }, { types: ["cafe", "food"] }],
    ["the short address", { shortFormattedAddress: "1 A", formattedAddress: "1 A, LA" }, { vicinity: "1 A" }],
    ["the long address where there is no short one", { formattedAddress: "1 A, LA" }, { vicinity: "1 A, LA" }],
    ["whether it is in business", { businessStatus: "CLOSED_TEMPORARILY" }, { business_status: "CLOSED_TEMPORARILY" }],
    [
      "the plus code",
      { plusCode: { globalCode: "85633HC3+CX", compoundCode: "3HC3+CX LA" } },
      { plus_code: { global_code: "85633HC3+CX", compound_code: "3HC3+CX LA" } },
    ],
    ["half a plus code", { plusCode: { globalCode: "8563" } }, { plus_code: { global_code: "8563" } }],
    ["the rating", { rating: 4.4, userRatingCount: 218 }, { rating: 4.4, user_ratings_total: 218 }],
    ["a price of nothing", { priceLevel: "PRICE_LEVEL_FREE" }, { price_level: 0 }],
    ["a low price", { priceLevel: "PRICE_LEVEL_INEXPENSIVE" }, { price_level: 1 }],
    ["a middling price", { priceLevel: "PRICE_LEVEL_MODERATE" }, { price_level: 2 }],
    ["a high price", { priceLevel: "PRICE_LEVEL_EXPENSIVE" }, { price_level: 3 }],
    ["a very high price", { priceLevel: "PRICE_LEVEL_VERY_EXPENSIVE" }, { price_level: 4 }],
    ["that it is open", { currentOpeningHours: { openNow: true } }, { opening_hours: { open_now: true } }],
    ["that it is closed", { currentOpeningHours: { openNow: false } }, { opening_hours: { open_now: false } }],
    ["the mask of its icon", { iconMaskBaseUri: "https://i.example/1" }, { icon_mask_base_uri: "https://i.example/1" }],
    ["the colour of its icon", { iconBackgroundColor: "#FF9E67" }, { icon_background_color: "#FF9E67" }],
    ["no photos", { photos: [] }, { photos: [] }],
    ["a photo by nobody", { photos: [{ ...photo, authorAttributions: undefined }] }, photoCredited()],
    [
      "photos' authors, escaped, each with an address that has a scheme",
      photoBy(
        { displayName: "A & <B>", uri: '//maps.example/?a=1&b="2"' },
        { displayName: "C", uri: "https://c.example/" },
      ),
      photoCredited(
        '<a href="https://maps.example/?a=1&amp;b=%222%22">A &amp; &lt;B&gt;</a>',
        '<a href="https://c.example/">C</a>',
      ),
    ],
    [
      "photos' authors by their name alone where their address is none of the web",
      photoBy({ displayName: "A" }, { displayName: "B", uri: "javascript:alert(1)" }, { displayName: "C", uri: 7 }),
      photoCredited("A", "B", "C"),
    ],
    ["nothing that the legacy API has no word for", { primaryType: "cafe", allowsDogs: true }, {}],
  ])("[WA3] %s", (_what, fields, expected) => {
    expect(translated(fields)).toEqual(expected);
  });

  test.each([
    ["id", [7, null, {}, ["x"]]],
    [
      "viewport",
      [7, {}, { low }, { low, high: { latitude: 91, longitude: 0 } }, { low, high: { latitude: 0, longitude: 181 } }],
    ],
    ["types", ["cafe", [1], {}]],
    ["shortFormattedAddress", [7, {}]],
    ["formattedAddress", [false, []]],
    ["businessStatus", [1, {}]],
    ["plusCode", ["85633HC3+CX", 7, null]],
    ["rating", ["4.4", {}, null]],
    ["userRatingCount", ["218", []]],
    ["priceLevel", ["PRICE_LEVEL_UNSPECIFIED", "MODERATE", 2]],
    ["currentOpeningHours", [true, {}, { openNow: "yes" }]],
    ["photos", [{}, "x", [{ name: "p" }], [null]]],
    ["iconMaskBaseUri", [7]],
    ["iconBackgroundColor", [7]],
    ["attributions", ["Campus Guide", {}, [{ provider: 7 }], [null]]],
  ])("[WA3] a %s that is not what Google documents is left out, and the place stays", (field, oddities) => {
    expect(oddities.map((oddity) => translated({ [field]: oddity }))).toEqual(oddities.map(() => ({})));
  });

  test.each([
    ["no name", { displayName: undefined }],
    ["an empty name", { displayName: { text: "" } }],
    ["a name of the legacy form", { displayName: "Bruin Walk" }],
    ["no location", { location: undefined }],
    ["half a location", { location: { latitude: 34 } }],
    ["text for a latitude", { location: { latitude: "34", longitude: -118 } }],
    ["a place off the earth", { location: { latitude: 34, longitude: -181 } }],
  ])("[WA3] a place with %s is dropped, the others stay", (_what, fault) => {
    const outcome = readGoogleAnswer(
      200,
      JSON.stringify({ places: [{ ...newNorthOf(UCLA, 1), ...fault }, newNorthOf(UCLA, 2)] }),
      UCLA,
    );
    expect(names(outcome)).toEqual(["2 km north"]);
  });
});

describe("the answer", () => {
  test("[WA3] [WA5] nearest place comes first, none lies outside the radius, no more than asked for", () => {
    const places = [9, 4, 10.01, 1, 7, 20, 3].map((km) => newNorthOf(UCLA, km));
    const { results, status } = readAnswer({ places }, { ...UCLA, items: 4 });
    expect(results.map(({ name }) => name)).toEqual(["1 km north", "3 km north", "4 km north", "7 km north"]);
    expect(status).toBe("OK");
  });

  test.each([
    ["no list of places, as Google leaves an empty one out", {}],
    ["an empty list", { places: [] }],
    ["places outside the radius only", { places: [newNorthOf(UCLA, 11)] }],
  ])("[WA3] %s is ZERO_RESULTS", (_what, body) => {
    expect(readAnswer(body)).toEqual({ html_attributions: [], results: [], status: "ZERO_RESULTS" });
  });

  test.each([
    ["an error after all", { error: { code: 500 } }],
    ["a captive portal's", { login: true }],
    ["a list", []],
    ["text", "places"],
    ["null", null],
  ])("[WA4] %s in place of an object is UNKNOWN_ERROR", (_what, body) => {
    const outcome = failure(readGoogleAnswer(200, JSON.stringify(body), UCLA));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: false });
    expect(outcome.message).toMatch(/usable "places"/);
  });
});

describe("whom to credit", () => {
  test("[WA3] the sources that the shown places name: each once, escaped, and a link if it has a web address", () => {
    const guide = by("A & <B>", "https://guide.example/?a=1&b=2");
    const places = [
      newNorthOf(UCLA, 1, { id: "a", attributions: [guide, by("Unlinked")] }),
      newNorthOf(UCLA, 2, { id: "b", attributions: [guide, by("Script", "javascript:alert(1)"), by("Odd", 7)] }),
      newNorthOf(UCLA, 3, { id: "c" }),
    ];
    expect(readAnswer({ places }).html_attributions).toEqual([
      '<a href="https://guide.example/?a=1&amp;b=2">A &amp; &lt;B&gt;</a>',
      "Unlinked",
      "Script",
      "Odd",
    ]);
  });

  test.each([
    ["with ids", (id: string) => ({ id })],
    ["without ids", () => ({})],
  ])("[WA3] nobody for a place outside the radius or beyond the items, %s", (_how, fieldsOf) => {
    const places = [11, 5, 1].map((km) =>
      newNorthOf(UCLA, km, { ...fieldsOf(`${km}`), attributions: [by(`of ${km}`)] }),
    );
    const { results, html_attributions } = readAnswer({ places }, { ...UCLA, items: 1 });
    expect(results).toHaveLength(1);
    expect(html_attributions).toEqual(["of 1"]);
  });
});
