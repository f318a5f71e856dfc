import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { isAhead, isBehind, skewOf, timeKeyOf } from "../../../src/core/protocol/time.ts";
import { nanosecondsOf, seeded, timeText } from "../../support/arbitraries.ts";

function keyOf(time: string): string {
  const key = timeKeyOf(time);
  if (key === undefined) throw new Error(`Expected a time, got ${JSON.stringify(time)}`);
  return key;
}

describe("times", () => {
  test.each([
    "0",
    "5",
    "007",
    "1479413884.392014450",
    "0.000000001",
    "99999999999999999999999999999999", // 32 bytes, as many as there may be
    "9999999999999999999999.999999999",
  ])("[RP3] %j is a time", (text) => {
    expect(timeKeyOf(text)).toBeDefined();
  });

  test.each([
    "",
    ".",
    ".5",
    "5.",
    "5.1234567890",
    "+5",
    "-5",
    "−5",
    "5e3",
    "5E3",
    "0x10",
    "1_000",
    "1,000",
    "5.5.5",
    "5 ",
    " 5",
    "5\n",
    "5\r",
    "NaN",
    "Infinity",
    "٥",
    "５",
    "999999999999999999999999999999999", // 33 bytes
    "99999999999999999999999.999999999",
  ])("[RP3] %j is not a time", (text) => {
    expect(timeKeyOf(text)).toBeUndefined();
  });
});

describe("the order of times", () => {
  test.each([
    ["5", "05"],
    ["5", "5.0"],
    ["5.000000000", "0005"],
    ["0", "00.000"],
    ["0.1", "0.100000000"],
  ])("[RP3] %s and %s are the same time", (one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  test.each([
    ["9", "10"],
    ["9.999999999", "10"],
    ["099", "100"],
    ["5", "5.000000001"],
    ["5.09", "5.1"],
    ["5.1", "5.10000001"],
    ["1479413884.392014450", "1479413884.392014451"], // one double
    ["9007199254740992", "9007199254740993"], // one double
    ["9".repeat(31), "9".repeat(32)],
  ])("[RP3] %s is before %s", (earlier, later) => {
    expect(keyOf(earlier) < keyOf(later)).toBe(true);
  });

  test("[RP3] order keys compare as the exact decimals do", () => {
    const property = fc.property(timeText, timeText, (one, other) => {
      const [key, otherKey] = [keyOf(one), keyOf(other)];
      const [exact, otherExact] = [nanosecondsOf(one), nanosecondsOf(other)];
      expect([key < otherKey, key === otherKey]).toEqual([exact < otherExact, exact === otherExact]);
    });
    fc.assert(property, { ...seeded, numRuns: 2000 });
  });

  test("[RP3] order keys sort byte by byte, as SQLite compares them: they are printable ASCII", () => {
    const property = fc.property(timeText, (time) => {
      expect(keyOf(time)).toMatch(/^[\x21-\x7e]+$/);
    });
    fc.assert(property, seeded);
  });
});

describe("the skew", () => {
  test.each([
    [1_479_413_884_392, "1479413884.392", "+0.000000000"],
    [1_479_413_884_392, "1479413884.392014450", "-0.000014450"],
    [1_479_413_885_000, "1479413884.392014450", "+0.607985550"],
    [1000, "0", "+1.000000000"],
    [0, "0.000000001", "-0.000000001"],
    [0, "9999999999999999999999.999999999", "-9999999999999999999999.999999999"],
    [1000, "00000001.50", "-0.500000000"],
  ])("[RP5] received at %d ms, claimed %s: %s", (receivedMillis, time, skew) => {
    expect(skewOf(receivedMillis, time)).toBe(skew);
  });

  test("[RP5] is exactly receive time minus claimed time", () => {
    const millis = fc.maxSafeNat();
    const property = fc.property(millis, timeText, (receivedMillis, time) => {
      const skew = skewOf(receivedMillis, time);
      expect(skew).toMatch(/^[+-](0|[1-9]\d*)\.\d{9}$/);
      expect(BigInt(skew.replace(".", ""))).toBe(BigInt(receivedMillis) * 10n ** 6n - nanosecondsOf(time));
    });
    fc.assert(property, seeded);
  });
});

describe("a time ahead of the clock", () => {
  test.each([
    ["4600", false],
    ["4600.000000000", false],
    ["4600.000000001", true],
    ["4601", true],
    ["99999999999999999999999999999999", true],
    ["0", false],
  ])("[RP4] at 1000 s with 3600 s allowed, %s is too far: %s", (time, isTooFar) => {
    expect(isAhead(time, 1_000_000, 3600)).toBe(isTooFar);
  });

  test("[RP4] is judged exactly, to the nanosecond", () => {
    const property = fc.property(fc.nat(2 ** 41), fc.nat(86_400), fc.bigInt(-2n, 2n), (nowMillis, seconds, offset) => {
      const limit = BigInt(nowMillis + seconds * 1000) * 10n ** 6n;
      const claimed = limit + offset < 0n ? 0n : limit + offset;
      const time = `${claimed / 10n ** 9n}.${(claimed % 10n ** 9n).toString().padStart(9, "0")}`;
      expect(isAhead(time, nowMillis, seconds)).toBe(claimed > limit);
    });
    fc.assert(property, seeded);
  });
});

describe("a time behind the clock", () => {
  test.each([
    ["400", false],
    ["400.000000000", false],
    ["00000000000000000000000000000400", false],
    ["399.999999999", true],
    ["00000000000000000000000000000399", true],
    ["99999999999999999999999999999999", false],
    ["0", true],
  ])("[RP17] at 1000 s with 600 s allowed, %s is too far: %s", (time, isTooFar) => {
    expect(isBehind(time, 1_000_000, 600)).toBe(isTooFar);
  });

  test("[RP17] is judged exactly, to the nanosecond", () => {
    const property = fc.property(fc.nat(2 ** 41), fc.nat(86_400), fc.bigInt(-2n, 2n), (nowMillis, seconds, offset) => {
      const limit = BigInt(nowMillis - seconds * 1000) * 10n ** 6n;
      const claimed = limit + offset < 0n ? 0n : limit + offset;
      const time = `${claimed / 10n ** 9n}.${(claimed % 10n ** 9n).toString().padStart(9, "0")}`;
      expect(isBehind(time, nowMillis, seconds)).toBe(claimed < limit);
    });
    fc.assert(property, seeded);
  });
});
