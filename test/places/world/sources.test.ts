import { describe, expect, test } from "vitest";

import { readPopulatedPlaces } from "../../../src/places/world/geonames.ts";
import { readAirports, readCountries } from "../../../src/places/world/ourairports.ts";

const countries = readCountries('[{"code":"FJ","name":"Fiji","continent":"OC"}]');

function row(
  cells: Partial<Record<"id" | "name" | "lat" | "lng" | "feature" | "country" | "people", string>> = {},
): string {
  const {
    id = "1",
    name = "Suva",
    lat = "-18.1",
    lng = "178.4",
    feature = "PPLC",
    country = "FJ",
    people = "9",
  } = cells;
  return [id, name, name, "", lat, lng, "P", feature, country, ..."\t\t\t\t".split("\t"), people, "", "3", "", ""].join(
    "\t",
  );
}

describe("GeoNames' table", () => {
  test("[WA3] populated places are read in the order of their ids", () => {
    const table = `${row({ id: "22", feature: "PPLX", people: "0" })}\n${row({ id: "3" })}\n`;
    expect(readPopulatedPlaces(table, countries)).toEqual([
      {
        kind: "locality",
        geonameId: 3,
        name: "Suva",
        latitude: -18.1,
        longitude: 178.4,
        population: 9,
        vicinity: "Fiji",
      },
      expect.objectContaining({ kind: "sublocality", geonameId: 22, population: 0 }),
    ]);
  });

  test.each(["PPLQ", "PPLW", "PPLH", "PPLCH"])("[WA3] a place that no longer exists (%s) is left out", (feature) => {
    expect(readPopulatedPlaces(row({ feature }), countries)).toEqual([]);
  });

  test.each([
    ["an id that is none", row({ id: "x" })],
    ["no name", row({ name: "" })],
    ["no latitude", row({ lat: "" })],
    ["a longitude off the earth", row({ lng: "181" })],
    ["a country that nobody knows", row({ country: "??" })],
    ["half a person", row({ people: "0.5" })],
    ["a missing column", row().replace(/\t$/, "")],
  ])("[WA3] a row with %s stops the build and is named", (_what, bad) => {
    expect(() => readPopulatedPlaces(`${row()}\n${bad}`, countries)).toThrow(/^Cannot read line 2 of GeoNames' table/);
  });
});

describe("OurAirports' airports", () => {
  const airport = {
    ident: "NFFN",
    type: "large_airport",
    name: "Nadi",
    latitude_deg: "-17.75",
    longitude_deg: "177.44",
    iso_country: "FJ",
    municipality: "Nadi",
    iata_code: "NAN",
  };

  test("[WA3] medium and large ones are read in the order of their idents, others and the one at 0, 0 left out", () => {
    const airports = [
      airport,
      { ...airport, ident: "A1", type: "medium_airport", municipality: "", iata_code: "" },
      { ...airport, ident: "A2", type: "heliport" },
      { ...airport, ident: "A3", type: "closed" },
      { ...airport, ident: "A4", type: "small_airport" },
      { ...airport, ident: "A5", latitude_deg: "-0.000005", longitude_deg: "0" },
    ];
    expect(readAirports(JSON.stringify(airports), countries)).toEqual([
      expect.objectContaining({ ident: "A1", iata: "", vicinity: "Fiji" }),
      {
        kind: "airport",
        ident: "NFFN",
        iata: "NAN",
        name: "Nadi",
        latitude: -17.75,
        longitude: 177.44,
        vicinity: "Nadi, Fiji",
      },
    ]);
  });

  test.each([
    ["no latitude", { ...airport, latitude_deg: "" }, /latitude_deg/],
    ["a longitude off the earth", { ...airport, longitude_deg: "200" }, /longitude_deg/],
    ["a country that nobody knows", { ...airport, iso_country: "??" }, /its country \?\? is not known/],
  ])("[WA3] an airport with %s stops the build", (_what, bad, message) => {
    expect(() => readAirports(JSON.stringify([bad]), countries)).toThrow(message);
  });
});
