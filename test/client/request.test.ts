// What a call says, and what it refuses to say.

import * as fc from "fast-check";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { readReport } from "../../src/client/client-report.ts";
import { decimal, formatLocation, formatTime } from "../../src/client/fields.ts";
import { connect } from "../../src/client/herd.ts";
import { forget, iamat, whatsat } from "../../src/client/request.ts";
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

  test("[CL11] times that no caller gave rise by a microsecond at least, for each client by itself", () => {
    const clock = new ReportClock();
    const times = (client: string) => [1000, 1000, 999, 1001].map((millis) => clock.next(client, millis, 0));
    expect(times("kiwi")).toEqual(["1.000000", "1.000001", "1.000002", "1.001000"]);
    expect(times("emu")).toEqual(["1.000000", "1.000001", "1.000002", "1.001000"]);
    expect(new ReportClock().next("kiwi", 1_795_339_139_977, 0)).toBe("1795339139.977000");
    expect(new ReportClock().next("kiwi", 1_795_339_139_977.4, 0)).toBe("1795339139.977400");
  });

  test("[CL37] a time that was refused counts for nothing, and one that was accepted goes on to count", () => {
    const clock = new ReportClock();
    clock.accept("kiwi", clock.next("kiwi", 1000, 0));
    clock.refuse("kiwi", clock.next("kiwi", 1500, 500));
    expect(clock.next("kiwi", 1001, 1)).toBe("1.001000");
    expect(clock.next("kiwi", 1000, 0)).toBe("1.001001");
  });

  test("[CL38] a clock that is set back makes all times before count for nothing, an accepted one too", () => {
    const clock = new ReportClock();
    clock.accept("kiwi", clock.next("kiwi", 3_001_000, 1000));
    expect(clock.next("kiwi", 3_000_999, 1001), "slowed down").toBe("3001.000001");
    expect(clock.next("emu", 2000, 2000), "set back").toBe("2.000000");
    expect(clock.next("kiwi", 2001, 2001)).toBe("2.001000");
  });

  test("[CL11] the times of clients that are over are forgotten, however many there are", () => {
    const clock = new ReportClock();
    for (let client = 0; client < 100_000; client++) clock.next(`client-${client}`, client, client);
    expect(clock.size).toBeLessThan(10_000);
  });

  test("[CL1] [CL11] [CL12] [CL21] text that the protocol takes is sent unchanged, and its answer is read", () => {
    const client = clientText.filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(client, locationText, timeText, (client, location, time) => {
        const command = readCommand(`IAMAT ${client} ${location} ${time}`, {
          nowMillis: 0,
          futureSeconds: 1e15,
          silenceSecondsMax: 1,
        });
        fc.pre(command !== undefined && !isRefused(command));
        const request = iamat(client, location, time);
        expect(request.line).toBe(`IAMAT ${client} ${location} ${time}`);
        const line = `AT Alford -1.000000000 ${client} ${location} ${time}`;
        expect(request.read([line])).toEqual({ answer: readReport(line)?.report });
        expect(request.read([`? ${request.line}`])).toEqual({ refusal: { code: "refused", line: request.line } });
        expect(request.read([`?full ${request.line}`])).toEqual({ refusal: { code: "full", line: request.line } });
      }),
      seeded,
    );
  });
});

describe("what no type allows", () => {
  const nothing: unknown = Object.create(null);
  const [object, list] = [{}, [] as unknown[]];
  const anything = [null, undefined, 5, "text", object, list, Symbol("s"), () => 5, 5n, nothing, Number.NaN];
  const herd = connect({ url: "http://127.0.0.1:1", server: "Alford" });

  afterAll(() => herd.close());

  test.each<[string, readonly unknown[], (value: never) => unknown]>([
    ["client", ["text"], (value) => herd.iamat(value, "+1+1")],
    ["location", [], (value) => herd.iamat("kiwi", value)],
    ["time", [5, undefined], (value) => herd.iamat("kiwi", "+1+1", { time: value })],
    ["radius", [5], (value) => herd.whatsat("kiwi", { km: value })],
    ["number of items", [5, undefined], (value) => herd.whatsat("kiwi", { km: 1, items: value })],
    ["options", [], (value) => herd.whatsat("kiwi", value)],
    ["watched client", ["text"], (value) => herd.watch(value)],
    [
      "settings",
      [undefined, object, list, nothing],
      (value) => connect({ url: "http://127.0.0.1:1", settings: value }),
    ],
    ["setting", [5], (value) => connect({ url: "http://127.0.0.1:1", settings: { answerSeconds: value } })],
    ["url", [], (value) => connect({ url: value })],
  ])("[CL40] a %s is refused by an error of this library, whatever it is", async (_what, right, say) => {
    for (const value of anything) {
      if (right.includes(value)) continue;
      // What throws at once counts as well.
      const error = await (async () => say(value as never))().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "HerdError", code: "invalid" });
    }
  });

  test.each(["*", "x".repeat(257), "é".repeat(129)])("[CL40] no client is named %s", async (client) => {
    await expect(herd.iamat(client, "+1+1")).rejects.toMatchObject({ code: "invalid" });
  });

  test.each(["x".repeat(257), "x".repeat(1019), "x".repeat(70_000), "", "a b"])(
    "[CL40] %s is not watched",
    (client) => {
      expect(() => herd.watch(client)).toThrow(expect.objectContaining({ code: "invalid" }));
    },
  );
});

test("[CL45] a platform that is too old is told what is needed", () => {
  const withResolvers = Object.getOwnPropertyDescriptor(Promise, "withResolvers") ?? {};
  onTestFinished(() => void Object.defineProperty(Promise, "withResolvers", withResolvers));
  Reflect.deleteProperty(Promise, "withResolvers");
  expect(() => connect({ url: "http://127.0.0.1:1" })).toThrow(
    expect.objectContaining({ code: "invalid", message: expect.stringContaining("Node has it from 22 on") }),
  );
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
    { what: "a text that is no time", say: () => iamat("a", here, "NOW") },
    { what: "a time in milliseconds", say: () => formatTime(1_795_339_139_977) },
    { what: "a time before 1970", say: () => formatTime(-1) },
    { what: "an invalid Date", say: () => formatTime(new Date(Number.NaN)) },
    { what: "a radius of 51 km", say: () => whatsat("a", 51, 1) },
    { what: "a radius of 0", say: () => whatsat("a", 0, 1) },
    { what: "a radius below 0", say: () => whatsat("a", -1, 1) },
    { what: "21 places", say: () => whatsat("a", 1, 21) },
    { what: "half a place", say: () => whatsat("a", 1, 0.5) },
    { what: "all clients to forget", say: () => forget("*") },
    { what: "nobody to forget", say: () => forget("") },
    { what: "two to forget", say: () => forget("a b") },
    { what: "a line with a line in it", say: () => iamat("a", "+1+1", "1\nIAMAT b +1+1 1") },
  ])("[CL5] $what is refused as invalid", ({ say }) => {
    expect(say).toThrow(expect.objectContaining({ name: "HerdError", code: "invalid" }));
  });
});

test("[CL46] a report that the herd is to stamp is answered with any time, of its own client", () => {
  const request = iamat("kiwi", "+1+1", formatTime("now"));
  expect(request.line).toBe("IAMAT kiwi +1+1 now");
  const line = "AT Alford +0.000000000 kiwi +1+1 1.000000000";
  expect(request.read([line])).toEqual({ answer: readReport(line)?.report });
  expect(request.read([line.replace("kiwi", "emu")])).toBe("not its answer");
});

test("[CL48] [CL13] an answer may have an earlier time than its command where the herd's clock counts, and only there", () => {
  const line = "AT Alford +0.000000000 kiwi +1+1 19.000000000";
  expect(iamat("kiwi", "+1+1", "20", "server").read([line])).toEqual({ answer: readReport(line)?.report });
  expect(iamat("kiwi", "+1+1", "20").read([line])).toBe("not its answer");
});

test.each(["Server", "", "client", true, null])("[CL48] [CL5] the clock %j is refused", (clock) => {
  const options = { url: "http://127.0.0.1:1", clock: clock as "server" };
  expect(() => connect(options)).toThrow(
    expect.objectContaining({ code: "invalid", message: expect.stringContaining('as clock: it is "server"') }),
  );
});

test("[CL13] [CL21] a refusal has the line, or the beginning of a line that was too long", () => {
  const request = whatsat("kiwi", 1, 1);
  const answers = ["? WHATSAT kiwi 1 1", "?range WHATSAT kiw", "? WHATSAT kiwi 1 10", "? ", "WHATSAT kiwi 1 1"];
  expect(answers.map((answer) => request.read([answer]))).toEqual([
    { refusal: { code: "refused", line: "WHATSAT kiwi 1 1" } },
    { refusal: { code: "range", line: "WHATSAT kiw" } },
    "not its answer",
    "not its answer",
    "not its answer",
  ]);
});

test("[CL60] [CL13] FORGET is answered with FORGOT of its client, or refused", () => {
  const request = forget("kiwi");
  expect(request.line).toBe("FORGET kiwi");
  const line = "FORGOT kiwi 1400794699.108000000";
  expect(request.read([line])).toEqual({ answer: { client: "kiwi", forgotTime: "1400794699.108000000", line } });
  expect(request.read(["?storage FORGET kiwi"])).toEqual({ refusal: { code: "storage", line: "FORGET kiwi" } });
  for (const other of ["FORGOT emu 1.000000000", "FORGOT kiwi", "FORGOT kiwi 1 2", "FORGOT kiwi soon", "FORGET kiwi"])
    expect(request.read([other])).toBe("not its answer");
});
