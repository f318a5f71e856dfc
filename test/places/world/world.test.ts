import { describe, expect, test } from "vitest";

import { WORLD_VERSION } from "../../../src/places/world/world-format.ts";
import { type WorldPlace, writeWorld } from "../../../src/places/world/world-writer.ts";
import { openWorld } from "../../../src/places/world/world.ts";

const tokyo: WorldPlace = {
  kind: "locality",
  geonameId: 1850147,
  name: "東京",
  latitude: 35.6895,
  longitude: 139.69171,
  vicinity: "Japan",
  population: 9733276,
};
const shibuya: WorldPlace = { ...tokyo, kind: "sublocality", geonameId: 4294967295, name: "Shibuya", population: 0 };
const haneda: WorldPlace = {
  kind: "airport",
  ident: "RJTT",
  iata: "HND",
  name: "Haneda",
  latitude: 35.552299,
  longitude: 139.779999,
  vicinity: "Tokyo, Japan",
};
const strip: WorldPlace = { ...haneda, ident: "JP-1", iata: "", name: "Strip" };
const nearTokyo = { latitude: 35.6895, longitude: 139.69171, radiusKm: 50, items: 20 };

describe("the file of embedded places", () => {
  test("[WA3] every place comes back as it was written, in Google's legacy shape", () => {
    const world = openWorld(writeWorld([haneda, tokyo]).buffer);
    expect(world.size).toBe(2);
    expect(world.nearest(nearTokyo)).toEqual([
      {
        geometry: { location: { lat: 35.6895, lng: 139.69171 } },
        name: "東京",
        place_id: "geonames:1850147",
        types: ["locality", "political"],
        vicinity: "Japan",
        population: 9733276,
      },
      {
        geometry: { location: { lat: 35.552299, lng: 139.779999 } },
        name: "Haneda",
        place_id: "ourairports:RJTT",
        types: ["airport", "point_of_interest", "establishment"],
        vicinity: "Tokyo, Japan",
        iata_code: "HND",
      },
    ]);
  });

  test("[WA3] what is not known of a place is left out", () => {
    const [first, second] = openWorld(writeWorld([shibuya, strip]).buffer).nearest(nearTokyo);
    expect(first).toMatchObject({ place_id: "geonames:4294967295", types: ["sublocality", "political"] });
    expect(first).not.toHaveProperty("population");
    expect(second).toMatchObject({ place_id: "ourairports:JP-1" });
    expect(second).not.toHaveProperty("iata_code");
  });

  test("[WA3] a world without places has no results", () => {
    expect(openWorld(writeWorld([]).buffer).nearest(nearTokyo)).toEqual([]);
  });

  test("[WA4] a file of another format version says so and what to do", () => {
    const file = writeWorld([tokyo]);
    new Uint32Array(file.buffer).set([WORLD_VERSION + 1], file.byteLength / 4 - 3);
    expect(() => openWorld(file.buffer)).toThrow(
      `The embedded places are of format ${WORLD_VERSION + 1} but this herd reads format ${WORLD_VERSION}: build them again.`,
    );
  });

  test("[WA4] a file cut short at any byte is refused", () => {
    const file = writeWorld([tokyo, haneda]).buffer;
    for (let bytes = 0; bytes < file.byteLength; bytes++) {
      expect(() => openWorld(file.slice(0, bytes))).toThrow(/damaged or is another file: build it again/);
    }
  });

  test("[WA4] a file that lost bytes in the middle is refused", () => {
    const file = writeWorld([tokyo, haneda]);
    const holed = new Uint8Array([...file.subarray(0, 16), ...file.subarray(24)]);
    expect(() => openWorld(holed.buffer)).toThrow(/damaged or is another file/);
  });
});
