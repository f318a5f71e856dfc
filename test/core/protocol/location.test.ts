import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { degreesOf, isPassedOn, locationProblem } from "../../../src/core/protocol/location.ts";
import { locationText, seeded } from "../../support/arbitraries.ts";

describe("locations", () => {
  test.each([
    ["+34.068930-118.445127", 34.06893, -118.445127],
    ["+0-0", 0, -0],
    ["-0+0", -0, 0],
    ["+90+180", 90, 180],
    ["-90-180", -90, -180],
    ["+90.000-180.000000", 90, -180],
    ["-33.86+151.2094", -33.86, 151.2094],
    ["+07-007", 7, -7],
    ["+0.1-179.9999999999999", 0.1, -179.9999999999999],
  ])("[RP2] %s is a location, at %d north and %d east", (location, latitude, longitude) => {
    expect(locationProblem(location)).toBeUndefined();
    expect(degreesOf(location)).toEqual({ latitude, longitude });
  });

  test.each([
    "",
    "+",
    "+1",
    "1+1",
    "+1 +1",
    "+1+",
    "+1.+1",
    "+.5+1",
    "+1+.5",
    "+1e1+1",
    "+0x1+1",
    "++1+1",
    "+1+1+1",
    "+1+1/",
    "+1,-1",
    "−1+1",
    "+1+NaN",
    "+1+1\n",
    "+１+1",
    // ISO 6709 reads minutes and seconds here.
    "+0040-00030",
    "+404812.5-0740030",
    "+4048-074",
    "+40-07400",
    "+034.0-118.4",
    "+34.0-0118.4",
    "+91000+0",
  ])("[RP2] %j is not a location", (text) => {
    expect(locationProblem(text)).toBe("location is not ±lat±lon");
  });

  test.each([
    "+91+0",
    "-90.1+0",
    "+90.00000000000000000000000000000001+0", // one double with 90
    "+0+181",
    "+0-180.0000000000000000000000000001", // one double with 180
    "+99+0",
    "+0-999.9",
  ])("[RP2] %s is out of range", (text) => {
    expect(locationProblem(text)).toBe("location is out of range");
  });

  test.each([
    ["+0040-00030", true],
    ["+000000090.0-0180", true],
    ["+34-118", true],
    ["+0091-0030", false],
    [`+${"0".repeat(64)}+1`, false],
    ["here", false],
  ])("[RP12] %s is passed on: %s", (text, isTaken) => {
    expect(isPassedOn(text)).toBe(isTaken);
  });

  test("[RP2] has at most 64 bytes", () => {
    const longest = `+1.${"0".repeat(59)}+1`;
    expect(longest).toHaveLength(64);
    expect(locationProblem(longest)).toBeUndefined();
    expect(locationProblem(`${longest}0`)).toBe("location too long");
  });

  test("[RP2] the two numbers are those of its two halves", () => {
    const property = fc.property(locationText, (location) => {
      expect(locationProblem(location)).toBeUndefined();
      const [, latitude, longitude] = /^([+-][\d.]+)([+-][\d.]+)$/.exec(location) ?? [];
      expect(degreesOf(location)).toEqual({ latitude: Number(latitude), longitude: Number(longitude) });
    });
    fc.assert(property, seeded);
  });
});
