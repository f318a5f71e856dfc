// Locations, times and addresses as people write them, and what the protocol then gets.

import { Command } from "commander";
import { expect, test } from "vitest";
import { asLocation } from "../../../src/cli/terminal/location-argument.ts";
import { urlOption } from "../../../src/cli/terminal/options.ts";
import { asIsoTime, asReportTime, asSince, asTime } from "../../../src/cli/terminal/time-argument.ts";

test.each([
  ["+34.068930-118.445127", "+34.068930-118.445127"],
  ["34.07,-118.44", "+34.07-118.44"],
  ["34.07, -118.44", "+34.07-118.44"],
  ["34.070000 -118.440000", "+34.070000-118.440000"],
  ["(-23.55, -46.63)", "-23.55-46.63"],
  ["-23.55;-46.63", "-23.55-46.63"],
  ["34.07, \u2212118.44", "+34.07-118.44"],
  ["34.07°, -118.44°", "+34.07-118.44"],
  ["geo:34.07,-118.44;u=35", "+34.07-118.44"],
  ["34.0689° N, 118.4452° W", "+34.0689-118.4452"],
  ["23.55S 46.63W", "-23.55-46.63"],
  ["34°04'08.4\"N 118°26'42.72\"W", "+34.069-118.4452"],
  ["0,0", "+0+0"],
])("[HC42] the location %s is said as %s", (typed, location) => {
  expect(asLocation(typed)).toBe(location);
});

test.each([
  "91,0",
  "0,181",
  "34.07",
  "34,07 -118,44",
  "kiwi",
  "+0040-00030",
  "34.07N",
  "1.2.3N 4W",
  "34.07,-118.44,5",
  "",
])("[HC42] %j is no location", (typed) => {
  expect(() => asLocation(typed)).toThrow("Give degrees");
});

test.each([
  ["1400794645.392014450", "1400794645.392014450"],
  ["2014-05-22T21:37:25Z", "1400794645"],
  ["2014-05-22T21:37:25.392014450Z", "1400794645.392014450"],
  ["2014-05-22 23:37+02", "1400794620"],
  ["2014-05-22T21:37:25+0000", "1400794645"],
])("[HC42] the time %s is said as %s", (typed, time) => {
  expect(asTime(typed)).toBe(time);
});

test.each(["yesterday", "2026-02-30T00:00:00Z", "2026-11-22T24:01:00Z", "-5", "1e9", "1960-01-01T00:00:00Z"])(
  "[HC42] %j is no time",
  (typed) => {
    expect(() => asTime(typed)).toThrow("Give POSIX seconds");
    expect(() => asIsoTime(typed)).toThrow("Give POSIX seconds");
  },
);

test("[HC62] a report's time may be now, exactly", () => {
  expect(asReportTime("now")).toBe("now");
  expect(asReportTime("2014-05-22T21:37:25Z")).toBe("1400794645");
  for (const typed of ["NOW", "nowx", "soon", ""])
    expect(() => asReportTime(typed)).toThrow(/^Give POSIX .* Or give now/);
});

test("[HC42] a time without a zone is this machine's, and a beginning may be a time or so long ago", () => {
  expect(asTime("2026-11-22T10:00")).toBe(String(new Date(2026, 10, 22, 10).getTime() / 1000));
  expect(asSince("2026-11-22T10:00:00Z")).toBe("2026-11-22T10:00:00.000Z");
  expect(Date.parse(asSince("10m"))).toBeLessThanOrEqual(Date.now() - 600_000);
  expect(() => asSince("soon")).toThrow("Give how long ago");
});

test.each([
  ["localhost:9800", "http://localhost:9800"],
  ["127.0.0.1:9800", "http://127.0.0.1:9800"],
  ["[::1]:9800", "http://[::1]:9800"],
  ["9800", "http://localhost:9800"],
  ["herd.example", "https://herd.example"],
  ["wss://herd.example/servers/Alford", "https://herd.example"],
])("[HC42] the address %s is %s", (typed, address) => {
  const command = new Command().addOption(urlOption());
  expect(command.parse(["--url", typed], { from: "user" }).opts()).toEqual({ url: address });
});
