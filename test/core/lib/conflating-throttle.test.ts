import * as fc from "fast-check";
import { expect, test } from "vitest";

import { ConflatingThrottle } from "../../../src/core/lib/conflating-throttle.ts";
import { seeded } from "../../support/arbitraries.ts";

test("[WT4] the first line goes at once, the newest of what comes meanwhile once the interval is over", () => {
  const pace = new ConflatingThrottle(4);
  expect(pace.admit("ada", "1", 1000)).toBe(true);
  expect(pace.nextMillis).toBe(Infinity);
  expect([pace.admit("ada", "2", 1100), pace.admit("ada", "3", 1249)]).toEqual([false, false]);
  expect([pace.isWaiting("ada"), pace.nextMillis]).toEqual([true, 1250]);
  expect(pace.takeDue(1249)).toEqual([]);
  expect(pace.takeDue(1250)).toEqual([["ada", "3"]]);
  expect([pace.isWaiting("ada"), pace.nextMillis]).toEqual([false, Infinity]);
  expect([pace.admit("ada", "4", 1499), pace.nextMillis]).toEqual([false, 1500]);
  // It waited as long as it has to, and now there is a newer one.
  expect([pace.admit("ada", "5", 1500), pace.nextMillis]).toEqual([true, Infinity]);
  expect(pace.takeDue(9999)).toEqual([]);
});

test("[WT4] clients have a pace each", () => {
  const pace = new ConflatingThrottle(1);
  expect(["ada", "bob", "ada"].map((client) => pace.admit(client, "1", 0))).toEqual([true, true, false]);
});

test("[WT4] with a rate of 0 nothing waits", () => {
  const pace = new ConflatingThrottle(0);
  expect([pace.admit("ada", "1", 0), pace.admit("ada", "2", 0)]).toEqual([true, true]);
});

test("[WT4] a clock that is put back holds nothing for longer than an interval", () => {
  const pace = new ConflatingThrottle(1);
  pace.admit("ada", "1", 1_000_000);
  pace.admit("ada", "2", 1_000_001);
  expect(pace.takeDue(5000)).toEqual([["ada", "2"]]);
});

test("[WT4] whatever comes when: never sooner than the interval, never older after newer, the newest in the end", () => {
  const events = fc.array(fc.tuple(fc.constantFrom("ada", "bob", "cy"), fc.nat(400)), { maxLength: 60 });
  const property = fc.property(events, fc.integer({ min: 1, max: 20 }), (steps, perSecond) => {
    const pace = new ConflatingThrottle(perSecond);
    const told = new Map<string, { atMillis: number; line: number }>();
    const newest = new Map<string, number>();
    const tell = (client: string, line: number, atMillis: number) => {
      const last = told.get(client);
      if (last !== undefined) {
        expect(atMillis - last.atMillis).toBeGreaterThanOrEqual(1000 / perSecond);
        expect(line).toBeGreaterThan(last.line);
      }
      told.set(client, { atMillis, line });
    };
    const goTo = (endMillis: number) => {
      for (let dueMillis = pace.nextMillis; dueMillis <= endMillis; dueMillis = pace.nextMillis) {
        const nowMillis = Math.max(clockMillis, dueMillis);
        for (const [client, line] of pace.takeDue(nowMillis)) tell(client, Number(line), nowMillis);
      }
      clockMillis = endMillis;
    };
    let clockMillis = 0;
    for (const [line, [client, waitMillis]] of steps.entries()) {
      goTo(clockMillis + waitMillis);
      newest.set(client, line);
      if (pace.admit(client, `${line}`, clockMillis)) tell(client, line, clockMillis);
    }
    goTo(clockMillis + 1000);
    for (const [client, line] of newest) expect(told.get(client)?.line).toBe(line);
    expect(pace.nextMillis).toBe(Infinity);
  });
  fc.assert(property, seeded);
});
