// What a call says, and what it refuses to say.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReport } from "../../src/client/client-report.ts";
import { decimal, formatLocation, formatTime } from "../../src/client/fields.ts";
import { iamat, whatsat } from "../../src/client/request.ts";
import { ReportClock } from "../../src/client/report-clock.ts";
import { isRefused } from "../../src/core/commands/command.ts";
import { readCommand } from "../../src/core/commands/table.ts";
import { degreesOf } from "../../src/core/protocol/location.ts";
import { clientText, locationText, seeded, timeText } from "../support/arbitraries.ts";

const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true });

describe("what is said", () => {
  test("[CL1] a location is said in decimals to within a tenth of a millimetre", () => {
    fc.assert(
      fc.property(degrees(90), degrees(180), (latitude, longitude) => {
        const said = degreesOf(formatLocation({ latitude, longitude }));
        expect(Math.abs(said.latitude - latitude)).toBeLessThan(1e-9);
        expect(Math.abs(said.longitude - longitude)).toBeLessThan(1e-9);
      }),
      seeded,
    );
  });

  test.each([
    { value: 100, text: "100" },
    { value: 0.1, text: "0.1" },
    { value: 1e-7, text: "0.0000001" },
    { value: 0, text: "0" },
    { value: 34.06893, text: "34.06893" },
  ])("[CL1] $value is said as $text", ({ value, text }) => {
    expect(decimal(value, "km")).toBe(text);
  });

  test.each([
    { time: "1400794645.392014450", text: "1400794645.392014450" },
    { time: 1_400_794_645.392, text: "1400794645.392000" },
    { time: new Date(1_400_794_645_392), text: "1400794645.392000" },
  ])("[CL11] the time $time is said as $text", ({ time, text }) => {
    expect(formatTime(time)).toBe(text);
  });

  test("[CL11] times that no caller gave rise by a microsecond at least, whatever the clock does", () => {
    const clock = new ReportClock();
    expect([1000, 1000, 999, 1001].map((millis) => clock.next(millis))).toEqual([
      "1.000000",
      "1.000001",
      "1.000002",
      "1.001000",
    ]);
    expect(new ReportClock().next(1_795_339_139_977)).toBe("1795339139.977000");
  });

  test("[CL1] [CL11] [CL12] [CL21] text that the protocol takes is sent unchanged, and its answer is read", () => {
    const client = clientText.filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(client, locationText, timeText, (client, location, time) => {
        const command = readCommand(`IAMAT ${client} ${location} ${time}`, { nowMillis: 0, futureSeconds: 1e15 });
        fc.pre(command !== undefined && !isRefused(command));
        const request = iamat(client, location, time);
        expect(request.line).toBe(`IAMAT ${client} ${location} ${time}`);
        const line = `AT Alford -1.000000000 ${client} ${location} ${time}`;
        expect(request.read([line])).toEqual({ answer: readReport(line)?.report });
        expect(request.read([`? ${request.line}`])).toBe("refused");
      }),
      seeded,
    );
  });
});

describe("what cannot be said", () => {
  const here = { latitude: 1, longitude: 2 };

  test.each([
    { what: "a client with a space", say: () => iamat("a b", here, "1") },
    { what: "a client with a newline", say: () => iamat("a\nb", here, "1") },
    { what: "an empty client", say: () => whatsat("", 1, 1) },
    { what: "half a surrogate pair", say: () => whatsat("\ud800", 1, 1) },
    { what: "a client of 257 bytes", say: () => whatsat("x".repeat(257), 1, 1) },
    { what: "a latitude of 91", say: () => iamat("a", { latitude: 91, longitude: 0 }, "1") },
    { what: "a longitude that is no number", say: () => iamat("a", { latitude: 0, longitude: Number.NaN }, "1") },
    { what: "a text that is no location", say: () => iamat("a", "here", "1") },
    { what: "a text that is no time", say: () => iamat("a", here, "now") },
    { what: "a time in milliseconds", say: () => formatTime(1_795_339_139_977) },
    { what: "a time before 1970", say: () => formatTime(-1) },
    { what: "an invalid Date", say: () => formatTime(new Date(Number.NaN)) },
    { what: "a radius of 51 km", say: () => whatsat("a", 51, 1) },
    { what: "a radius of 0", say: () => whatsat("a", 0, 1) },
    { what: "a radius below 0", say: () => whatsat("a", -1, 1) },
    { what: "21 places", say: () => whatsat("a", 1, 21) },
    { what: "half a place", say: () => whatsat("a", 1, 0.5) },
    { what: "a line with a line in it", say: () => iamat("a", "+1+1", "1\nIAMAT b +1+1 1") },
  ])("[CL5] $what is refused as invalid", ({ say }) => {
    expect(say).toThrow(expect.objectContaining({ name: "HerdError", code: "invalid" }));
  });
});

test("[CL13] [CL21] a refusal is `? ` and the line, or the beginning of a line that was too long", () => {
  const request = whatsat("kiwi", 1, 1);
  const answers = ["? WHATSAT kiwi 1 1", "? WHATSAT kiw", "? WHATSAT kiwi 1 10", "? ", "WHATSAT kiwi 1 1"];
  expect(answers.map((answer) => request.read([answer]))).toEqual([
    "refused",
    "refused",
    "not its answer",
    "not its answer",
    "not its answer",
  ]);
});
