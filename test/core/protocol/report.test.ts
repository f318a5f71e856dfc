import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { formatAt, locationOf, parseAt, supersedes, type Report } from "../../../src/core/protocol/report.ts";
import { skewOf } from "../../../src/core/protocol/time.ts";
import { clientText, locationText, nanosecondsOf, seeded, timeOf, timeText } from "../../support/arbitraries.ts";

const AT = "AT Alford +0.263873386 kiwi.cs.ucla.edu +34.068930-118.445127 1479413884.392014450";

const serverName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);
const skew = fc.tuple(fc.maxSafeNat(), timeText).map(([millis, time]) => skewOf(millis, time));
const atLine = fc.tuple(serverName, skew, clientText, locationText, timeText).map((fields) => formatAt(...fields));
const report = atLine.map((line) => parse(line));

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

  test("[RP4] with a far-future time passes: only the server that heard it judges that", () => {
    expect(parse(AT.replace("1479413884.392014450", "9".repeat(32))).client).toBe("kiwi.cs.ucla.edu");
  });

  test.each([
    ["another command", AT.replace("AT ", "at ")],
    ["nothing", ""],
    ["a field too few", AT.slice(0, AT.lastIndexOf(" "))],
    ["a field too many", `${AT} 1`],
    ["a server's name of 65 bytes", AT.replace("Alford", "A".repeat(65))],
    ["a skew without a sign", AT.replace("+0.2", "0.2")],
    ["a skew of eight fraction digits", AT.replace("+0.263873386", "+0.26387338")],
    ["a skew that is no number", AT.replace("+0.263873386", "NaN")],
    ["a client of 257 bytes", AT.replace("kiwi.cs.ucla.edu", `${"é".repeat(128)}e`)],
    ["no location", AT.replace("+34.068930-118.445127", "here")],
    ["a location out of range", AT.replace("+34.068930", "+90.1")],
    ["no time", AT.replace("1479413884.392014450", "now")],
  ])("[CU2] with %s is not an AT line", (_, line) => {
    expect(parseAt(line)).toBeUndefined();
  });

  test("[RP1] may name a client of 256 bytes, and keeps it as it came", () => {
    const client = `${"e\u0301".repeat(85)}\0`;
    expect(parse(AT.replace("kiwi.cs.ucla.edu", client)).client).toBe(client);
  });
});

describe("the guard", () => {
  test("[RP6] anything supersedes nothing", () => {
    expect(supersedes(parse(AT), undefined)).toBe(true);
  });

  test("[RP6] says what exact decimals say", () => {
    const property = fc.property(report, report, (one, other) => {
      expect(supersedes(one, other)).toBe(nanosecondsOf(timeOf(one)) > nanosecondsOf(timeOf(other)));
    });
    fc.assert(property, { ...seeded, numRuns: 2000 });
  });

  test("[RP6] is a strict order: irreflexive, asymmetric, transitive", () => {
    const property = fc.property(report, report, report, (one, other, third) => {
      expect(supersedes(one, one)).toBe(false);
      expect(supersedes(one, other) && supersedes(other, one)).toBe(false);
      if (supersedes(one, other) && supersedes(other, third)) expect(supersedes(one, third)).toBe(true);
    });
    fc.assert(property, { ...seeded, numRuns: 2000 });
  });
});
