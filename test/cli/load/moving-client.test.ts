// The clients of `load` move on the surface of the earth.

import fc from "fast-check";
import { expect, test } from "vitest";
import { MovingClient } from "../../../src/cli/load/moving-client.ts";
import { greatCircleKm } from "../../../src/core/geo/nearest-server.ts";

const draws = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 4, maxLength: 4 });

function clientOf(drawn: readonly number[]): MovingClient {
  const rest = [...drawn];
  return new MovingClient("c", () => rest.shift() ?? 0);
}

test("[HC9] a client keeps its speed along a great circle", () => {
  fc.assert(
    fc.property(draws, fc.double({ min: 1, max: 3600, noNaN: true }), (drawn, seconds) => {
      const client = clientOf(drawn);
      const [start, middle, end] = [client.at(0), client.at(seconds), client.at(2 * seconds)];
      const km = greatCircleKm(start, middle);
      expect(km).toBeGreaterThanOrEqual((4.9 * seconds) / 3600);
      expect(km).toBeLessThanOrEqual((1001 * seconds) / 3600);
      // In a straight line, twice the time is twice as far.
      expect(greatCircleKm(start, end)).toBeCloseTo(2 * km, 2);
      for (const { latitude, longitude } of [start, middle, end]) {
        expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
        expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
      }
    }),
  );
});
