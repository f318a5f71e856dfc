import { describe, expect, test } from "vitest";

import { heardOf, receiveMillisOf, receiveTimeOf } from "../../../src/core/protocol/receive-time.ts";

describe("the receive time of a report", () => {
  test.each([
    ["AT Alford +10.000000000 ada +1-1 990", "1000", 1_000_000],
    ["AT Alford -0.250000000 ada +1-1 1000.25", "1000", 1_000_000],
    ["AT Alford +0.000000001 ada +1-1 1764.999999999", "1765", 1_765_000],
    ["AT Alford +0.100000000 ada +1-1 0.02", "0.12", 120],
    ["AT Alford -0.000000001 ada +1-1 1", "0.999999999", 999],
    ["AT Alford +1.500000000 ada +1-1 0007 accuracy=5", "8.5", 8500],
    [`AT Alford +${"9".repeat(32)}.000000000 ada +1-1 1`, `1${"0".repeat(32)}`, 1e35],
    // Before 1970, which a neighbour may say.
    ["AT Alford -5.000000000 ada +1-1 4", "0", 0],
  ])("[WT20] of %s", (line, time, millis) => {
    expect(receiveTimeOf(heardOf(line))).toBe(time);
    expect(receiveMillisOf(heardOf(line))).toBe(millis);
  });
});
