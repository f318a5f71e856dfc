import { describe, expect, test } from "vitest";

import { isRefused } from "../../../src/core/commands/command.ts";
import { parseIamat } from "../../../src/core/commands/iamat.ts";
import { COMMANDS, NO_COMMAND_REASONS, readCommand } from "../../../src/core/commands/table.ts";
import { parseWatch } from "../../../src/core/commands/watch.ts";
import { parseWatched } from "../../../src/core/commands/watched.ts";
import { parseWhatsat } from "../../../src/core/commands/whatsat.ts";
import { fieldsOf } from "../../../src/core/protocol/line.ts";

const CONTEXT = { nowMillis: 1_000_000, futureSeconds: 3600, silenceSecondsMax: 604_800 };

/** The name of the command that a line is; `undefined` for none. */
function nameOf(line: string): string | undefined {
  const read = readCommand(line, CONTEXT);
  return read === undefined || isRefused(read) ? undefined : read.command.name;
}

/** Why a line is refused. It is one of the reasons that are declared. */
function refusalOf(line: string): string | undefined {
  const read = readCommand(line, CONTEXT);
  if (read === undefined || !isRefused(read)) return undefined;
  const declared = Object.assign({}, NO_COMMAND_REASONS, ...COMMANDS.map(({ reasons }) => reasons));
  expect(declared[read.refusal]).toBe(read.code);
  return read.refusal;
}

const argumentsOf = (line: string) => fieldsOf(line).slice(1);

const CLIENT_256 = "é".repeat(128);
const LONGEST_IAMAT = `IAMAT ${CLIENT_256} +1.${"0".repeat(59)}+1 ${"0".repeat(28)}1000`;

describe("what a line asks for", () => {
  test.each([
    ["IAMAT kiwi +34.06-118.44 1000", { client: "kiwi", location: "+34.06-118.44", claimed: { time: "1000" } }],
    [" \tIAMAT\vkiwi \f +0+0  5.5\r", { client: "kiwi", location: "+0+0", claimed: { time: "5.5" } }],
    ["IAMAT IAMAT +0+0 0", { client: "IAMAT", location: "+0+0", claimed: { time: "0" } }],
    ["IAMAT a\u00a0b\ufeff +0+0 1", { client: "a\u00a0b\ufeff", location: "+0+0", claimed: { time: "1" } }],
    ["IAMAT k +0+0 4600", { client: "k", location: "+0+0", claimed: { time: "4600" } }],
    [LONGEST_IAMAT, { client: CLIENT_256 }],
  ])("[RP1] %j", (line, fields) => {
    expect(nameOf(line)).toBe("IAMAT");
    expect(parseIamat(argumentsOf(line), CONTEXT)).toMatchObject(fields);
  });

  test.each(["IAMAT kiwi +0+0 now", "\tIAMAT kiwi\v+0+0 now\r", "IAMAT now +0+0 now"])("[RP14] %j", (line) => {
    expect(parseIamat(argumentsOf(line), CONTEXT)).toMatchObject({ location: "+0+0", claimed: undefined });
  });

  test.each([
    ["999.999999999", undefined],
    ["1000", "1000"],
    ["4600", "4600"],
    ["4600.000000001", undefined],
  ])("[RP17] with ?clock=server and times from 1000 s to 4600 s, %s is kept as %s", (time, claimed) => {
    const context = { nowMillis: 2_000_000, futureSeconds: 2600, pastSeconds: 1000 };
    const parsed = parseIamat(["kiwi", "+0+0", time], context);
    expect(parsed).toMatchObject({ claimed: claimed === undefined ? undefined : { time: claimed } });
  });

  test.each([
    ["WHATSAT kiwi 10 5", 10, 5],
    ["WHATSAT kiwi 50 20", 50, 20],
    ["WHATSAT kiwi 50.000 1", 50, 1],
    ["WHATSAT kiwi 0.000001 1", 0.000001, 1],
    ["WHATSAT kiwi 0010 0005", 10, 5],
    // More than 0, though no double is that small.
    [`WHATSAT kiwi 0.${"0".repeat(400)}1 1`, Number.MIN_VALUE, 1],
    ["\tWHATSAT  kiwi\v49.99 07 ", 49.99, 7],
  ])("[WA1] %j", (line, radiusKm, items) => {
    expect(nameOf(line)).toBe("WHATSAT");
    expect(parseWhatsat(argumentsOf(line))).toEqual({ client: "kiwi", radiusKm, items });
  });

  test.each([
    ["WATCH kiwi", "WATCH", "kiwi"],
    ["\tUNWATCH  kiwi\v\r", "UNWATCH", "kiwi"],
    ["WATCH *", "WATCH", "*"],
    ["WATCH WATCH", "WATCH", "WATCH"],
    [`UNWATCH ${CLIENT_256}`, "UNWATCH", CLIENT_256],
  ])("[WT1] %j", (line, name, client) => {
    expect(nameOf(line)).toBe(name);
    expect(parseWatched(argumentsOf(line))).toEqual({ client });
  });

  test.each([
    ["WATCH kiwi 1", "kiwi", 1],
    ["\tWATCH  60\v60\r", "60", 60],
    ["WATCH kiwi 604800", "kiwi", 604_800],
    ["WATCH kiwi", "kiwi", undefined],
  ])("[WT18] %j", (line, client, silenceSeconds) => {
    expect(nameOf(line)).toBe("WATCH");
    expect(parseWatch(argumentsOf(line), CONTEXT)).toEqual({ client, silenceSeconds });
  });

  test.each(["", " ", "\r", " \t\r\f\v"])("[LN8] %j asks for nothing and is no mistake", (line) => {
    expect(readCommand(line, CONTEXT)).toBeUndefined();
  });
});

describe("why a line is refused", () => {
  test.each([
    ["\ufeffIAMAT kiwi +0+0 1", "unknown command"],
    ["IAMAT\u00a0kiwi +0+0 1", "unknown command"],
  ])("[LN2] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test.each([
    ["iamat kiwi +0+0 1", "unknown command"],
    ["IAMATkiwi +0+0 1", "unknown command"],
    ["Whatsat kiwi 10 5", "unknown command"],
  ])("[LN3] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test.each([
    ["WATCH", "WATCH takes a client or *, and seconds for a client"],
    ["UNWATCH", "UNWATCH takes a client or *"],
    ["UNWATCH * *", "UNWATCH takes a client or *"],
    [`WATCH ${CLIENT_256}k`, "client too long"],
    ["watch kiwi", "unknown command"],
  ])("[WT1] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test.each([
    ["WATCH kiwi 5 6", "WATCH takes a client or *, and seconds for a client"],
    ["WATCH kiwi emu", "seconds are not a whole number"],
    ["WATCH kiwi -1", "seconds are not a whole number"],
    ["WATCH kiwi +1", "seconds are not a whole number"],
    ["WATCH kiwi 1.5", "seconds are not a whole number"],
    ["WATCH kiwi 1e3", "seconds are not a whole number"],
    ["WATCH kiwi 01", "seconds are not a whole number"],
    ["WATCH kiwi 00", "seconds are not a whole number"],
    ["WATCH kiwi 0x10", "seconds are not a whole number"],
    ["WATCH kiwi ٣", "seconds are not a whole number"],
    ["WATCH kiwi 0", "seconds must be 1 to limits.silenceSecondsMax"],
    ["WATCH kiwi 604801", "seconds must be 1 to limits.silenceSecondsMax"],
    [`WATCH kiwi ${"9".repeat(400)}`, "seconds must be 1 to limits.silenceSecondsMax"],
    [`WATCH ${CLIENT_256}k 5`, "client too long"],
    ["UNWATCH kiwi 5", "UNWATCH takes a client or *"],
  ])("[WT18] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test.each(["WATCH * 5", "WATCH * 0", "WATCH * x"])("[WT24] %j", (line) => {
    expect(refusalOf(line)).toBe("a silence is of one client");
  });

  test("[LN4] a question mark: unknown command", () => {
    expect(refusalOf("?")).toBe("unknown command");
  });

  test.each([
    ["AT", "AT is for servers"],
    ["AT Alford +0.000000001 kiwi +0+0 1", "AT is for servers"],
  ])("[FL1] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test.each([
    ["IAMAT", "IAMAT takes a client, a location and a time"],
    ["IAMAT kiwi +0+0", "IAMAT takes a client, a location and a time"],
    ["IAMAT kiwi +0+0 1 1", "IAMAT takes a client, a location and a time"],
    [`IAMAT ${CLIENT_256}e +0+0 1`, "client too long"],
  ])("[RP1] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test.each([
    ["IAMAT kiwi 0+0 1", "location is not ±lat±lon"],
    ["IAMAT kiwi +91+0 1", "location is out of range"],
    [`IAMAT kiwi +1.${"0".repeat(60)}+1 1`, "location too long"],
  ])("[RP2] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test.each([
    ["IAMAT kiwi +0+0 NaN", "time is neither POSIX seconds nor now"],
    ["IAMAT kiwi +0+0 -1", "time is neither POSIX seconds nor now"],
    ["IAMAT kiwi +0+0 1.", "time is neither POSIX seconds nor now"],
  ])("[RP3] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test.each([
    ["IAMAT kiwi +0+0 NOW", "time is neither POSIX seconds nor now"],
    ["IAMAT kiwi +0+0 Now", "time is neither POSIX seconds nor now"],
    ["IAMAT kiwi +0+0 nowx", "time is neither POSIX seconds nor now"],
    ["IAMAT kiwi +0+0 +now", "time is neither POSIX seconds nor now"],
    ["IAMAT kiwi +0+0 now 1", "IAMAT takes a client, a location and a time"],
    ["IAMAT kiwi +0+0 now now", "IAMAT takes a client, a location and a time"],
    ["IAMAT kiwi now", "IAMAT takes a client, a location and a time"],
    ["IAMAT kiwi now now", "location is not ±lat±lon"],
    ["IAMAT * +0+0 now", "* means all clients"],
  ])("[RP14] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test("[RP4] a nanosecond too far ahead of the clock", () => {
    expect(refusalOf("IAMAT kiwi +0+0 4600.000000001")).toBe("time too far ahead");
  });

  test.each([
    ["WHATSAT kiwi 10", "WHATSAT takes a client, a radius and a number of items"],
    ["WHATSAT kiwi 10 5 5", "WHATSAT takes a client, a radius and a number of items"],
    [`WHATSAT ${CLIENT_256}e 10 5`, "client too long"],
  ])("[WA1] %j: %s", (line, refusal) => {
    expect(refusalOf(line)).toBe(refusal);
  });

  test.each(["0", "0.000", "51", "50.0000000000000000000001"])("[WA1] a radius of %s", (radius) => {
    expect(refusalOf(`WHATSAT kiwi ${radius} 5`)).toBe("radius must be more than 0 and at most 50");
  });

  test.each(["-1", "+1", ".5", "5.", "1e1", "0x1", "5,5", "NaN"])("[WA1] a radius that is no number: %s", (radius) => {
    expect(refusalOf(`WHATSAT kiwi ${radius} 5`)).toBe("radius is not a decimal number");
  });

  test.each(["0", "000", "21", "99999999999999999999999"])("[WA1] %s items", (items) => {
    expect(refusalOf(`WHATSAT kiwi 10 ${items}`)).toBe("items must be 1 to 20");
  });

  test.each(["5.0", "+5", "-5", "1e1", "five"])("[WA1] items that are no whole number: %s", (items) => {
    expect(refusalOf(`WHATSAT kiwi 10 ${items}`)).toBe("items is not a whole number");
  });
});
