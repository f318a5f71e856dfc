import { describe, expect, test } from "vitest";

import { retryDelayMillis } from "../../../src/core/lib/retry-delay.ts";

const LIMITS = { retrySecondsMin: 0.5, retrySecondsMax: 60 };
const ALMOST_ONE = 1 - Number.EPSILON;

describe("the delay before a retry", () => {
  test.each([
    [1, 500],
    [2, 1000],
    [3, 2000],
    [7, 32_000],
    [8, 60_000],
    [9, 60_000],
    [5000, 60_000],
  ])("[CU20] after %d failures is half to all of %d ms", (failures, most) => {
    expect(retryDelayMillis(failures, LIMITS, 0)).toBe(most / 2);
    expect(retryDelayMillis(failures, LIMITS, 0.5)).toBe((most / 4) * 3);
    expect(retryDelayMillis(failures, LIMITS, ALMOST_ONE)).toBe(most);
  });

  test("[CU20] never exceeds the greatest, though the least does", () => {
    expect(retryDelayMillis(1, { retrySecondsMin: 100, retrySecondsMax: 60 }, ALMOST_ONE)).toBe(60_000);
  });

  test("[CU20] is never nothing, so that a link that fails at once cannot spin", () => {
    expect(retryDelayMillis(1, { retrySecondsMin: 0.0001, retrySecondsMax: 60 }, 0)).toBe(1);
  });
});
