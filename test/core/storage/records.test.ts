// Records of pages and commits, with clients that an attacker would choose.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { formatAt, newReport } from "../../../src/core/protocol/report.ts";
import { timeKeyOf } from "../../../src/core/protocol/time.ts";
import {
  clientOfRecord,
  cutRecords,
  findRecord,
  formatRecord,
  formatReport,
  mergeRecords,
  parseRecord,
  parseReports,
  splitRecords,
} from "../../../src/core/storage/records.ts";
import type { NumberedReport } from "../../../src/core/store/report-store.ts";
import { clientText, locationText, seeded, timeText } from "../../support/arbitraries.ts";
import { numbered } from "../../support/reports.ts";

/** Each looks like a part of a record, or like the beginning of another client. */
const ODD_CLIENTS = [
  "AT",
  "Alford",
  "1",
  "12",
  "a",
  "ab",
  "a\0",
  "\0",
  "\u00a0",
  "*",
  "a=b",
  "=",
  "é",
  "\u2028",
  "\u{1f411}",
];

const client = fc.oneof(clientText, fc.constantFrom(...ODD_CLIENTS));

const report = fc
  .record({
    client,
    time: timeText,
    location: locationText,
    server: fc.constantFrom("Alford", "A", "\u{1f411}", "1"),
    extensions: fc.array(fc.constantFrom("a=1", "x=", "k==", "heading=90.5", "\u00a0=\u00a0"), { maxLength: 3 }),
  })
  .map((fields) => newReport({ ...fields, skew: "+0.000000000", timeKey: timeKeyOf(fields.time) ?? "" }));

const numberedReport: fc.Arbitrary<NumberedReport> = fc.record({ seq: fc.maxSafeNat(), report });

const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

const inOrder = (reports: readonly NumberedReport[]) =>
  reports.toSorted((one, other) => byBytes(one.report.client, other.report.client));

const page = fc
  .uniqueArray(numberedReport, { selector: ({ report: { client: of } }) => of, maxLength: 12 })
  .map(inOrder);

describe("records", () => {
  test("[SR2] the reports of a commit come back as they were, in order", () => {
    const property = fc.property(fc.array(numberedReport, { maxLength: 12 }), (reports) => {
      expect(parseReports(reports.map(formatReport).join(""))).toEqual(reports);
    });
    fc.assert(property, seeded);
  });

  test("[SR3] a page has each of its clients, and no other", () => {
    const property = fc.property(page, client, (reports, other) => {
      const records = reports.map(formatRecord).join("");
      const split = splitRecords(records);
      expect(split.join("")).toBe(records);
      expect(split.map(clientOfRecord)).toEqual(reports.map(({ report: { client: of } }) => of));
      expect(split.map((record) => parseRecord(record.slice(0, -1)))).toEqual(reports);
      for (const one of reports) expect(findRecord(records, one.report.client)).toEqual(one);
      expect(findRecord(records, other)).toEqual(reports.find(({ report: { client: of } }) => of === other));
    });
    fc.assert(property, seeded);
  });

  test.each([
    ["a prefix of another", "ab", "a"],
    ["another is its prefix", "a", "ab"],
    ["the number before the line", "a", "7"],
    ["the word before the line", "a", "AT"],
    ["the server", "a", "Alford"],
    ["the place", "a", "+0+0"],
    ["the time", "a", "5"],
    ["an end of another", "ba", "a"],
    ["empty but for a zero", "a", "\0"],
  ])("[SR3] a client is not found in the record of another: %s", (_what, held, asked) => {
    const records = formatRecord(numbered(7, held, "5"));
    expect(findRecord(records, asked)).toBeUndefined();
    expect(findRecord(records + records.replaceAll("\n", " x=1\n"), asked)).toBeUndefined();
  });

  test("[RP8] the fields after the time are kept, and the time is that of the report", () => {
    const line = formatAt("Alford", "+0.000000000", "a=b", "+0+0", "5.5", ["time=9", "x="]);
    const [read] = parseReports(`3 ${line}\n`);
    expect(read).toEqual({ seq: 3, report: { client: "a=b", timeKey: timeKeyOf("5.5"), forgotKey: "", line } });
  });

  test("[SR6] a page and newer reports become a page with the newer one of each client", () => {
    const property = fc.property(page, page, (held, newer) => {
      const merged = new Map([...held, ...newer].map((one) => [one.report.client, one]));
      expect(mergeRecords(held.map(formatRecord), newer)).toEqual(inOrder([...merged.values()]).map(formatRecord));
    });
    fc.assert(property, seeded);
  });

  test("[SR3] pieces of a page have all of it in order, none more than a page may have, and are not many", () => {
    const lengths = fc.array(fc.integer({ min: 3, max: 400 }), { minLength: 1, maxLength: 60 });
    const property = fc.property(lengths, fc.integer({ min: 1, max: 500 }), (ofRecords, length) => {
      const records = ofRecords.map((chars, index) => `${index} `.padEnd(chars - 1, "x").concat("\n"));
      const most = length * 1.5;
      const pieces = cutRecords(records, length, most);
      expect(pieces.join("")).toBe(records.join(""));
      for (const piece of pieces) if (splitRecords(piece).length !== 1) expect(piece.length).toBeLessThanOrEqual(most);
      expect(pieces).not.toContain("");
      // Two that follow each other would not fit into one page that is half full.
      for (const [index, piece] of pieces.slice(0, -2).entries())
        expect(piece.length + (pieces[index + 1]?.length ?? 0)).toBeGreaterThan(length / 2);
    });
    fc.assert(property, seeded);
  });

  test("[SR3] a record that is longer than several pieces does not have those behind it in a piece each", () => {
    const records = ["a".padEnd(999, "x"), ...Array.from({ length: 100 }, (_, index) => `${index} `.padEnd(9, "x"))];
    const pieces = cutRecords(
      records.map((record) => `${record}\n`),
      200,
      300,
    );
    expect(pieces[0]).toHaveLength(1000);
    expect(pieces.length).toBeLessThan(8);
  });
});
