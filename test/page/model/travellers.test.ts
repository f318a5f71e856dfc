import { geoDistance } from "d3-geo";
import { describe, expect, test } from "vitest";
import { travellerAt, travellersDue } from "../../../src/page/model/travellers.ts";

const COUNT = 300;
const KM_PER_RADIAN = 6371;

function kmBetween(index: number, from: number, to: number): number {
  const [a, b] = [travellerAt(index, from), travellerAt(index, to)];
  return geoDistance([a.longitude, a.latitude], [b.longitude, b.latitude]) * KM_PER_RADIAN;
}

describe("travellers", () => {
  test("[PG7] each flies at its own steady pace along great circles, for hours", () => {
    for (let index = 0; index < COUNT; index++) {
      const steps = [0, 1, 2, 3600, 3601].map((seconds) => kmBetween(index, seconds, seconds + 0.5));
      // Where one leg ends the way bends: never more than the pace, and that in most steps.
      const pace = Math.max(...steps);
      expect(pace).toBeLessThan((90 * 1.3) / 2 + 0.01);
      expect(pace).toBeGreaterThan((90 * 0.7) / 2 - 0.01);
      expect(steps.filter((km) => Math.abs(km - pace) < 0.01).length).toBeGreaterThanOrEqual(3);
    }
  });

  test("[PG7] nobody flies like another", () => {
    const places = Array.from({ length: COUNT }, (_, index) => travellerAt(index, 100));
    const where = new Set(places.map(({ latitude, longitude }) => `${latitude.toFixed(2)} ${longitude.toFixed(2)}`));
    expect(where.size).toBe(COUNT);
    expect(new Set(places.map(({ client }) => client)).size).toBe(COUNT);
  });

  test("[PG7] reports are spread evenly, and each traveller reports once in its time", () => {
    const counts = new Map<number, number>();
    for (let tick = 0; tick < 80; tick++) {
      const due = travellersDue(COUNT, 4, tick * 0.05, (tick + 1) * 0.05);
      expect(due.length).toBeGreaterThanOrEqual(3);
      expect(due.length).toBeLessThanOrEqual(4);
      for (const index of due) counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    expect(counts.size).toBe(COUNT);
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
  });

  test("[PG7] after a long sleep each reports once", () => {
    expect(travellersDue(COUNT, 4, 10, 1000).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: COUNT }, (_, i) => i),
    );
  });
});
