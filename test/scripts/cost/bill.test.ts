// The bill: dollars follow from counts and prices.

import { describe, expect, test } from "vitest";
import { billOf } from "../../../scripts/cost/bill.ts";
import { assumptions, billText, countText, dollarText } from "../../../scripts/cost/bill-text.ts";
import { loadOf } from "../../../scripts/cost/cost-record.ts";
import type { Counts } from "../../../scripts/cost/count.ts";
import { countedLoad, type Load } from "../../../scripts/cost/counted-load.ts";
import { shapedHerd } from "../../../scripts/cost/herd-shape.ts";
import { AS_OF, PRICES, SOURCE } from "../../../scripts/cost/prices.ts";

/** 1,000 reports in 100 s, by a million clients of which each reports once in 30 days. */
const LOAD: Load = { ...loadOf({ clients: 1_000_000, everySeconds: 2_592_000, commitMillis: 0 }) };
const COUNTS: Counts = {
  seconds: 100,
  reports: 1_000,
  rowsWritten: 5_000,
  rowsFolded: 100,
  messages: 12_000,
  bytes: 700_000,
  requests: 100,
  awakeSeconds: 250,
};

function dollarsOf(bill: ReturnType<typeof billOf>): Record<string, number> {
  return Object.fromEntries(bill.rows.map(({ what, dollars }) => [what, Number(dollars.toFixed(6))]));
}

describe("a bill", () => {
  const bill = billOf(LOAD, COUNTS);

  test("[CM3] [CM6] has a row for each thing that is billed: its count a month times its price", () => {
    expect(bill.reportsPerMonth).toBe(1_000_000);
    expect(dollarsOf(bill)).toEqual({
      // 5 million rows.
      "rows written": 5,
      "rows written by folding": 0.1,
      // A million messages, 20 to a request.
      "messages of clients": 0.0075,
      "messages between servers": 0.09,
      // 100,000 requests.
      "connections between servers, alarms": 0.015,
      // 2.5 servers, 128 MB each, for 2,592,000 s: 829,440 GB-s.
      "time awake": 10.368,
      // A million clients at five servers, 200 bytes each: 1 GB.
      storage: 0.2,
    });
    expect(bill.dollars).toBeCloseTo(5 + 0.1 + 0.0075 + 0.09 + 0.015 + 10.368 + 0.2, 9);
  });

  test("[CM3] follows the rate: half the time between reports is twice the rows, and no more time awake", () => {
    const often = dollarsOf(billOf({ ...LOAD, everySeconds: LOAD.everySeconds / 2 }, COUNTS));
    expect(often["rows written"]).toBe(10);
    expect(often["time awake"]).toBe(10.368);
  });

  test("[CM4] tells what the same would cost if each report were written at once", () => {
    // Five reports, five heads, six cursors.
    expect(bill.atOnce).toMatchObject({ rowsPerReport: 16, rowsPerMonth: 16_000_000 });
    expect(bill.atOnce.dollars - bill.dollars).toBeCloseTo(11 - 0.1, 9);
    const alone = billOf({ ...LOAD, herd: shapedHerd(1, "ring") }, COUNTS);
    expect(alone.atOnce.rowsPerReport).toBe(2);
    const star = billOf({ ...LOAD, herd: shapedHerd(4, "star") }, COUNTS);
    expect(star.atOnce.rowsPerReport).toBe(4 + 4 + 3);
  });

  test("[CM5] with the plan has its price, and is without what it includes of all rows together", () => {
    const planned = billOf(LOAD, COUNTS, true);
    // All rows, requests and storage are included, and 400,000 of the 829,440 GB-s.
    expect(planned.dollars).toBeCloseTo(5 + ((829_440 - 400_000) / 1e6) * 12.5, 9);
    const many = billOf({ ...LOAD, clients: 1e9 }, COUNTS, true);
    const requests = (1e9 + 12e9) / 20 + 1e8;
    const included = 50 + 0.15 + 5 + 1;
    expect(requests).toBeGreaterThan(PRICES.requests.included);
    expect(many.planDollars).toBeCloseTo(5 - included, 9);
  });

  test("[CM3] is shown with every row, the total, and where the prices are from", () => {
    const text = billText({ load: LOAD, bill });
    for (const { what } of bill.rows) expect(text).toContain(what);
    expect(text).toMatch(/^rows written +5 +5 million +5\.00$/m);
    expect(text).toMatch(/^time awake +6\.48 million s +10\.37$/m);
    expect(text).toMatch(/^total +15\.78$/m);
    expect(text).toMatch(/^if each report were written at once +16 +16 million +26\.68$/m);
    const notes = assumptions({ load: LOAD, counted: countedLoad(LOAD), counts: COUNTS }).join("\n");
    expect(notes).toContain(`${SOURCE} as of ${AS_OF}`);
    expect(notes).toContain("2.5 of 5 servers");
  });

  test.each([
    [0.00301, "0.00301"],
    [711.4, "711"],
    [999_999, "1,000,000"],
    [43_200, "43,200"],
    [432e6, "432 million"],
    [6.912e9, "6,910 million"],
    [2.16e11, "216 billion"],
  ])("[CM3] a count of %d reads %s", (count, text) => {
    expect(countText(count)).toBe(text);
  });

  test.each([
    [0.001, "0.00"],
    [38.449, "38.45"],
    [2164.3, "2,164"],
  ])("[CM3] $%d reads %s", (dollars, text) => {
    expect(dollarText(dollars)).toBe(text);
  });
});
