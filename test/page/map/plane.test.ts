import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Plane } from "../../../src/page/map/plane.ts";
import { spotOf } from "../../../src/page/model/spot.ts";
import { chordKm } from "../../support/chord.ts";
import { seeded } from "../../support/arbitraries.ts";

test.each([
  [1000, 500],
  [360, 220],
  [1800, 500],
])("[PG5] on a map of %d × %d, what is clicked is what is reported", (width, height) => {
  const plane = new Plane(width, height);
  const latitude = fc.double({ min: -56, max: 80, noNaN: true });
  const longitude = fc.double({ min: -168, max: 179.9, noNaN: true });
  fc.assert(
    fc.property(latitude, longitude, (latitude, longitude) => {
      const point = plane.toPoint(longitude, latitude);
      if (point === undefined) throw new Error(`${latitude} ${longitude} is not on the map`);
      const place = plane.toPlace(...point);
      expect(place?.latitude).toBeCloseTo(latitude, 4);
      expect(place?.longitude).toBeCloseTo(longitude, 4);
    }),
    seeded,
  );
});

test("[PG5] beside the world there is no place", () => {
  const plane = new Plane(1000, 500);
  expect(plane.toPlace(2, 2)).toBeUndefined();
  expect(plane.toPoint(0, -89)).toBeUndefined();
});

test("[PG6] a place lies as far from the middle as it is from the client, and north is up", () => {
  const client = { latitude: 51.5, longitude: -0.1 };
  expect(spotOf(client, { latitude: 51.5 + 5 / 111.195, longitude: -0.1 }, 10)).toMatchObject({
    x: expect.closeTo(0),
    y: expect.closeTo(-0.5, 3),
  });
  const east = spotOf(client, { latitude: 51.5, longitude: 0 }, 10);
  expect(east.x).toBeGreaterThan(0.6);
  expect(Math.abs(east.y)).toBeLessThan(0.01);
  expect(east.km).toBeCloseTo(chordKm(client, { latitude: 51.5, longitude: 0 }), 6);
});
