import { describe, expect, test } from "vitest";
import { ageSecondsOf, agoText } from "../../src/client/age.ts";
import { readReport } from "../../src/client/client-report.ts";

describe("the age of a report", () => {
  test.each([
    ["AT Alford +10.500000000 kiwi +1+1 990", 1_000_500],
    ["AT Alford -0.250000000 kiwi +1+1 990.5", 990_250],
  ])("[CL51] %s was heard at %i ms", (line, heardMillis) => {
    expect(readReport(line)?.report.heardMillis).toBe(heardMillis);
  });

  test("[CL51] counts from the receive time, and is never negative", () => {
    expect(ageSecondsOf({ heardMillis: 1_000_000 }, 1_002_500)).toBe(2.5);
    expect(ageSecondsOf({ heardMillis: 1_000_000 }, 999_000)).toBe(0);
  });

  test.each([
    [-5, "just now"],
    [Number.NaN, "just now"],
    [0.9, "just now"],
    [1, "1 second ago"],
    [59.9, "59 seconds ago"],
    [60, "1 minute ago"],
    [3599, "59 minutes ago"],
    [3600, "1 hour ago"],
    [86_399, "23 hours ago"],
    [86_400, "1 day ago"],
    [864_000, "10 days ago"],
  ])("[CL51] of %f s is %s", (seconds, text) => {
    expect(agoText(seconds)).toBe(text);
  });
});
