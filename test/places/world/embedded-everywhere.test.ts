// The index against a search of every place, all over the earth. The search measures chords through the sphere, so it
// shares no formula with the index, and it reads the sources, so it shares no file with it either.

import fc from "fast-check";
import { expect, test } from "vitest";

import { readSources } from "../../../scripts/build/build-places.ts";
import type { PlacesQuery } from "../../../src/core/protocol/places.ts";
import type { WorldPlace } from "../../../src/places/world/world-writer.ts";
import { openWorld } from "../../../src/places/world/world.ts";
import { readWorldFile } from "./world-file.ts";

const EARTH_KM = 6371;
const RUNS = 3000;

test("[WA3] everywhere on earth it finds the nearest places", { timeout: 60_000 }, async () => {
  const world = openWorld(await readWorldFile());
  const places = await readSources();
  const searchAll = searchOf(places);
  expect(world.size).toBe(places.length);

  const centres = fc.oneof(
    { weight: 6, arbitrary: beside(places) },
    { weight: 1, arbitrary: fc.record({ latitude: degrees(-90, 90), longitude: degrees(-180, 180) }) },
    { weight: 1, arbitrary: fc.record({ latitude: degrees(-90, -89), longitude: degrees(-180, 180) }) },
    { weight: 1, arbitrary: fc.record({ latitude: degrees(66, 66.6), longitude: degrees(179.5, 180) }) },
    { weight: 1, arbitrary: fc.record({ latitude: degrees(62.9, 63.2), longitude: degrees(-180, -179.8) }) },
  );
  const circles = fc.record({ radiusKm: degrees(0.1, 50), items: fc.integer({ min: 1, max: 20 }) });
  let found = 0;
  fc.assert(
    fc.property(centres, circles, (centre, circle) => {
      const query = { ...centre, ...circle };
      const positions = world.nearest(query).map(({ geometry: { location } }) => [location.lat, location.lng]);
      // Positions, not ids: of two places with one position either may be the last.
      expect(positions).toEqual(searchAll(query));
      found += positions.length;
    }),
    { seed: 20261122, numRuns: RUNS },
  );
  // Most of the earth is empty. The test also needs runs that found places.
  expect(found).toBeGreaterThan(2 * RUNS);
});

/** Evenly spread, unlike `fc.double`, which is dense around zero. */
function degrees(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: Math.round(min * 1e6), max: Math.round(max * 1e6) }).map((micro) => micro / 1e6);
}

function beside(places: readonly WorldPlace[]): fc.Arbitrary<{ latitude: number; longitude: number }> {
  const offset = degrees(-0.3, 0.3);
  const spots = fc.record({ index: fc.nat(places.length - 1), north: offset, east: offset });
  return spots.map(({ index, north, east }) => {
    const { latitude, longitude } = placeAt(places, index);
    const turned = longitude + east;
    return {
      latitude: Math.max(-90, Math.min(90, latitude + north)),
      longitude: turned > 180 ? turned - 360 : turned < -180 ? turned + 360 : turned,
    };
  });
}

/** A search that looks at every place; its results are positions, nearest first. */
function searchOf(places: readonly WorldPlace[]): (query: PlacesQuery) => number[][] {
  const points = Float64Array.from(places.flatMap(({ latitude, longitude }) => pointOf(latitude, longitude)));
  return ({ latitude, longitude, radiusKm, items }) => {
    const [x, y, z] = pointOf(latitude, longitude);
    const mostChord = 2 * Math.sin(radiusKm / EARTH_KM / 2);
    const found: { index: number; chord: number }[] = [];
    for (let index = 0; index < places.length; index++) {
      const north = (points[3 * index + 2] ?? NaN) - z;
      // Most places are too far north or south, which is soon seen.
      if (Math.abs(north) > mostChord) continue;
      const chord = Math.hypot((points[3 * index] ?? NaN) - x, (points[3 * index + 1] ?? NaN) - y, north);
      if (chord <= mostChord) found.push({ index, chord });
    }
    found.sort((a, b) => a.chord - b.chord);
    return found.slice(0, items).map(({ index }) => {
      const place = placeAt(places, index);
      return [place.latitude, place.longitude];
    });
  };
}

/** A point of the unit sphere. */
function pointOf(latitude: number, longitude: number): readonly [x: number, y: number, z: number] {
  const north = (latitude * Math.PI) / 180;
  const east = (longitude * Math.PI) / 180;
  return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)];
}

function placeAt(places: readonly WorldPlace[], index: number): WorldPlace {
  const place = places[index];
  if (place === undefined) throw new RangeError(`There is no place ${index} of ${places.length}`);
  return place;
}
