import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  formatAt,
  locationOf,
  isGreater,
  isLater,
  parseAt,
  shownLine,
  type Report,
} from "../../../src/core/protocol/report.ts";
import { skewOf } from "../../../src/core/protocol/time.ts";
import { clientText, locationText, nanosecondsOf, seeded, timeOf, timeText } from "../../support/arbitraries.ts";

const AT = "AT Alford +0.263873386 kiwi.cs.ucla.edu +34.068930-118.445127 1479413884.392014450";

const serverName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);
const skew = fc.tuple(fc.maxSafeNat(), timeText).map(([millis, time]) => skewOf(millis, time));
const extension = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/), fc.stringMatching(/^[!-~]{1,9}$/))
  .map(([key, value]) => `${key}=${value}`);
const extensions = fc.uniqueArray(extension, { maxLength: 3, selector: (field) => field.split("=")[0] });
const atLine = fc
  .tuple(serverName, skew, clientText, locationText, timeText, extensions)
  .map((fields) => formatAt(...fields));
const atLineOfFewTimes = fc
  .tuple(serverName, skew, clientText, locationText, fc.constantFrom("1", "1.0", "01", "2"), extensions)
  .map((fields) => formatAt(...fields));
/** Many of them have the time of another one. */
const report = fc.oneof(atLine, atLineOfFewTimes).map((line) => parse(line));

function parse(line: string): Report {
  const parsed = parseAt(line);
  if (parsed === undefined) throw new Error(`Expected an AT line, got ${JSON.stringify(line)}`);
  return parsed;
}

describe("an AT line", () => {
  test("[RP5] is kept as it came; with its client and its location", () => {
    const parsed = parse(AT);
    expect([parsed.line, parsed.client, locationOf(parsed)]).toEqual([AT, "kiwi.cs.ucla.edu", "+34.068930-118.445127"]);
  });

  test("[RP5] parse after format is identity", () => {
    const property = fc.property(atLine, (line) => {
      expect(parse(line).line).toBe(line);
    });
    fc.assert(property, seeded);
  });

  test("[LN2] with any white space becomes one with single spaces", () => {
    expect(parse(`\t AT\vAlford  ${AT.slice("AT Alford ".length)}\r`).line).toBe(AT);
  });

  test("[RP9] with a far-future time passes: only the server that heard it judges that", () => {
    expect(parse(AT.replace("1479413884.392014450", "9".repeat(32))).client).toBe("kiwi.cs.ucla.edu");
  });

  test.each([
    ["another command", AT.replace("AT ", "at ")],
    ["nothing", ""],
    ["a field too few", AT.slice(0, AT.lastIndexOf(" "))],
    ["a field too many", `${AT} 1`],
    ["a field too many behind one that is a pair", `${AT} a=1 1`],
    ["a server's name of 65 bytes", AT.replace("Alford", "A".repeat(65))],
    ["a skew without a sign", AT.replace("+0.2", "0.2")],
    ["a skew of eight fraction digits", AT.replace("+0.263873386", "+0.26387338")],
    ["a skew that is no number", AT.replace("+0.263873386", "NaN")],
    ["a client of 257 bytes", AT.replace("kiwi.cs.ucla.edu", `${"é".repeat(128)}e`)],
    ["no location", AT.replace("+34.068930-118.445127", "here")],
    ["a location out of range", AT.replace("+34.068930", "+90.1")],
    ["no time", AT.replace("1479413884.392014450", "now")],
  ])("[CU13] with %s is not an AT line", (_, line) => {
    expect(parseAt(line)).toBeUndefined();
    // Each field is judged, and not only the line as a whole.
    expect(parseAt(line.replace(" ", "  "))).toBeUndefined();
  });

  test("[LN2] [RP5] is the same report with one space between its fields and with more", () => {
    const property = fc.property(atLine, (line) => {
      expect(parse(` ${line.replaceAll(" ", "\t ")} `)).toEqual(parse(line));
    });
    fc.assert(property, seeded);
  });

  test("[RP1] may name a client of 256 bytes, and keeps it as it came", () => {
    const client = `${"e\u0301".repeat(85)}\0`;
    expect(parse(AT.replace("kiwi.cs.ucla.edu", client)).client).toBe(client);
  });
});

describe("the fields behind the six of an AT line", () => {
  test.each([
    ["one", "accuracy=5"],
    ["two", "b=1 a=2"],
    ["a value with signs", "url=https://example.org/?a=b&c=d,e"],
    ["a value beyond ASCII", "name=\u{1f411}"],
    ["the longest key", `${"k".repeat(32)}=1`],
    ["the most", Array.from({ length: 16 }, (_, index) => `k${index}=1`).join(" ")],
    ["the longest", `a=${"x".repeat(510)}`],
  ])("[FL4] are kept as they came: %s", (_, fields) => {
    expect(parse(`${AT} ${fields}`).line).toBe(`${AT} ${fields}`);
    expect(shownLine(parse(`${AT} ${fields}`))).toBe(AT);
  });

  test.each([
    ["a key in capitals", "A=1"],
    ["a key that begins with a digit", "1a=1"],
    ["a key that is too long", `${"k".repeat(33)}=1`],
    ["no value", "a="],
    ["no key", "=1"],
    ["no pair", "a"],
    ["a key twice", "a=1 b=2 a=1"],
    ["more than 16", Array.from({ length: 17 }, (_, index) => `k${index}=1`).join(" ")],
    ["more than 512 bytes", `a=${"\u00e9".repeat(256)}`],
  ])("[FL4] are none with %s", (_, fields) => {
    expect(parseAt(`${AT} ${fields}`)).toBeUndefined();
  });

  test("[RP8] are not shown, whatever the client is called", () => {
    const line = AT.replace("kiwi.cs.ucla.edu", "a=b=c");
    expect(shownLine(parse(line))).toBe(line);
    expect(shownLine(parse(`${line} a=b`))).toBe(line);
  });
});

describe("the guard", () => {
  test.each([isLater, isGreater])("[RP6] [RP11] anything supersedes nothing", (passes) => {
    expect(passes(parse(AT), undefined)).toBe(true);
  });

  test("[RP6] says what exact decimals say", () => {
    const property = fc.property(report, report, (one, other) => {
      expect(isLater(one, other)).toBe(nanosecondsOf(timeOf(one)) > nanosecondsOf(timeOf(other)));
    });
    fc.assert(property, { ...seeded, numRuns: 2000 });
  });

  test("[RP11] says what exact decimals say, and of equal times what the bytes of the lines say", () => {
    const property = fc.property(report, report, (one, other) => {
      const [time, otherTime] = [nanosecondsOf(timeOf(one)), nanosecondsOf(timeOf(other))];
      const isGreaterLine = Buffer.compare(Buffer.from(one.line), Buffer.from(other.line)) > 0;
      expect(isGreater(one, other)).toBe(time === otherTime ? isGreaterLine : time > otherTime);
    });
    fc.assert(property, { ...seeded, numRuns: 2000 });
  });

  test.each([
    ["another server", AT.replace("Alford", "Bolden"), AT],
    ["another skew, where a disk was lost and the IAMAT came again", AT.replace("+0.263873386", "+0.300000000"), AT],
    ["the same time in more digits", AT.replace("392014450", "39201445"), AT],
    ["a field between servers", `${AT} a=1`, AT],
    ["a character of two units, which is greater by its bytes only", `${AT} a=\u{1f411}`, `${AT} a=\uff5e`],
  ])("[RP11] tells two lines of one time apart: %s", (_, line, other) => {
    const [one, two] = [parse(line), parse(other)];
    const isFirst = Buffer.compare(Buffer.from(one.line), Buffer.from(two.line)) > 0;
    expect([isGreater(one, two), isGreater(two, one)]).toEqual([isFirst, !isFirst]);
    expect([isLater(one, two), isLater(two, one)]).toEqual([false, false]);
  });

  test.each([isLater, isGreater])("[RP6] [RP11] is a strict order: irreflexive, asymmetric, transitive", (passes) => {
    const property = fc.property(report, report, report, (one, other, third) => {
      expect(passes(one, one)).toBe(false);
      expect(passes(one, other) && passes(other, one)).toBe(false);
      if (passes(one, other) && passes(other, third)) expect(passes(one, third)).toBe(true);
    });
    fc.assert(property, { ...seeded, numRuns: 2000 });
  });

  test("[RP11] is total: of two lines of a client, one supersedes the other", () => {
    const property = fc.property(report, report, (one, other) => {
      expect(isGreater(one, other) || isGreater(other, one)).toBe(one.line !== other.line);
    });
    fc.assert(property, { ...seeded, numRuns: 2000 });
  });
});
