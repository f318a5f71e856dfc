import * as fc from "fast-check";
import { expect, test } from "vitest";

import { ConflatingThrottle } from "../../../src/core/lib/conflating-throttle.ts";
import { seeded } from "../../support/arbitraries.ts";

test("[WT4] the first line passes at once; of later ones the newest passes after the interval", () => {
  const throttle = new ConflatingThrottle(4);
  expect(throttle.admit("ada", "1", 1000)).toBe(true);
  expect(throttle.nextMillis).toBe(Infinity);
  expect([throttle.admit("ada", "2", 1100), throttle.admit("ada", "3", 1249)]).toEqual([false, false]);
  expect([throttle.isWaiting("ada"), throttle.nextMillis]).toEqual([true, 1250]);
  expect(throttle.takeDue(1249)).toEqual([]);
  expect(throttle.takeDue(1250)).toEqual([["ada", "3"]]);
  expect([throttle.isWaiting("ada"), throttle.nextMillis]).toEqual([false, Infinity]);
  expect([throttle.admit("ada", "4", 1499), throttle.nextMillis]).toEqual([false, 1500]);
  // The interval is over, and there is a newer line.
  expect([throttle.admit("ada", "5", 1500), throttle.nextMillis]).toEqual([true, Infinity]);
  expect(throttle.takeDue(9999)).toEqual([]);
});

test("[WT4] each client has an interval of its own", () => {
  const throttle = new ConflatingThrottle(1);
  expect(["ada", "bob", "ada"].map((client) => throttle.admit(client, "1", 0))).toEqual([true, true, false]);
});

test("[WT4] with a rate of 0 nothing waits", () => {
  const throttle = new ConflatingThrottle(0);
  expect([throttle.admit("ada", "1", 0), throttle.admit("ada", "2", 0)]).toEqual([true, true]);
});

test("[WT4] after a clock is put back, nothing waits longer than an interval", () => {
  const throttle = new ConflatingThrottle(1);
  throttle.admit("ada", "1", 1_000_000);
  throttle.admit("ada", "2", 1_000_001);
  expect(throttle.takeDue(5000)).toEqual([["ada", "2"]]);
});

test("[WT4] [WT11] at any times: never sooner than the interval, never an older line after a newer one, the newest at the end", () => {
  const events = fc.array(fc.tuple(fc.constantFrom("ada", "bob", "cy"), fc.nat(400)), { maxLength: 60 });
  const property = fc.property(events, fc.integer({ min: 1, max: 20 }), (steps, perSecond) => {
    const throttle = new ConflatingThrottle(perSecond);
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
      for (let dueMillis = throttle.nextMillis; dueMillis <= endMillis; dueMillis = throttle.nextMillis) {
        const nowMillis = Math.max(clockMillis, dueMillis);
        for (const [client, line] of throttle.takeDue(nowMillis)) tell(client, Number(line), nowMillis);
      }
      clockMillis = endMillis;
    };
    let clockMillis = 0;
    for (const [line, [client, waitMillis]] of steps.entries()) {
      goTo(clockMillis + waitMillis);
      newest.set(client, line);
      if (throttle.admit(client, `${line}`, clockMillis)) tell(client, line, clockMillis);
    }
    goTo(clockMillis + 1000);
    for (const [client, line] of newest) expect(told.get(client)?.line).toBe(line);
    expect(throttle.nextMillis).toBe(Infinity);
  });
  fc.assert(property, seeded);
});
