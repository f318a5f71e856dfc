// How long a client waits before it tries again.

import { expect, test } from "vitest";
import { BackOff } from "../../src/client/back-off.ts";

const SETTINGS = { retrySecondsMin: 1, retrySecondsMax: 5, stableSeconds: 10 };
/** With the least random number, half of each wait is waited. */
const LEAST = 0;

test("[CL14] each failure doubles the wait, up to the longest", () => {
  const backOff = new BackOff(SETTINGS);
  expect([1, 2, 3, 4, 5].map(() => backOff.fail(0, LEAST))).toEqual([500, 1000, 2000, 2500, 2500]);
});

test("[CL14] a random part between half of the wait and all of it is waited", () => {
  expect(new BackOff(SETTINGS).fail(0, 0.5)).toBe(750);
});

test("[CL15] a connection that lasted starts the waits again at the shortest, one that broke at once does not", () => {
  const backOff = new BackOff(SETTINGS);
  backOff.fail(0, LEAST);
  backOff.open(1000);
  expect(backOff.fail(2000, LEAST)).toBe(1000);
  backOff.open(3000);
  expect(backOff.fail(13_000, LEAST)).toBe(500);
});

test("[CL14] if several servers are tried in turn, the wait doubles when each was tried", () => {
  const backOff = new BackOff(SETTINGS, 2);
  expect([1, 2, 3, 4].map(() => backOff.fail(0, LEAST))).toEqual([500, 500, 1000, 1000]);
});
