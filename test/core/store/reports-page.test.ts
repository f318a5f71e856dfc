import { describe, expect, test } from "vitest";

import { reportsPage, withAges } from "../../../src/core/store/reports-page.ts";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";
import { MemoryReportStore } from "../../support/memory-report-store.ts";
import { numbered, reportOf } from "../../support/reports.ts";
import { FOR_EVER } from "../../support/keepings.ts";

/** In the order of their bytes in UTF-8, which is not that of their units in UTF-16. */
const CLIENTS = ["*", "a", "b", "é", "\uff5e", "\u{1f411}"];

function storeOf(clients: readonly string[]): MemoryReportStore {
  const store = new MemoryReportStore();
  store.keep(clients.map((client, index) => numbered(index + 1, client, "1")));
  return store;
}

/** Every page, one after the other. */
function pagesOf(store: MemoryReportStore, unflushed: Parameters<typeof reportsPage>[1], count: number): string[][] {
  const pages: string[][] = [];
  for (let after: string | null | undefined; after !== null;) {
    const { reports, next } = reportsPage(store, unflushed, FOR_EVER, after, count);
    pages.push([...reports]);
    after = next;
    if (pages.length > 20) throw new Error("Expected the pages to end");
  }
  return pages;
}

describe("pages", () => {
  test.each([1, 2, 3, 5, 6, 7])("[WT8] of %d bring every report once, in the order of the clients", (count) => {
    const lines = CLIENTS.map((client) => reportOf(client, "1").line);
    const pages = pagesOf(storeOf(CLIENTS.toReversed()), [], count);
    expect(pages.flat()).toEqual(lines);
    expect(pages).toHaveLength(Math.ceil(lines.length / count));
  });

  test.each([1, 2, 3, 5, 6, 7])(
    "[WT16] of %d show what is held back in place of what is stored, and beside it",
    (count) => {
      const stored = CLIENTS.filter((_, index) => index % 2 === 0);
      const unflushed = CLIENTS.filter((_, index) => index !== 2).map((client) => reportOf(client, "2"));
      const lines = CLIENTS.map((client) => reportOf(client, client === "b" ? "1" : "2").line);
      expect(pagesOf(storeOf(stored), unflushed.toReversed(), count).flat()).toEqual(lines);
    },
  );

  test("[WT8] of a server that holds nothing are one, without anything", () => {
    expect(reportsPage(storeOf([]), [], FOR_EVER, undefined, 5)).toEqual({ reports: [], next: null });
  });

  test("[WT8] after a client that nobody knows go on behind it", () => {
    expect(reportsPage(storeOf(CLIENTS), [], FOR_EVER, "aa", 2)).toEqual({
      reports: [reportOf("b", "1").line, reportOf("é", "1").line],
      next: "é",
    });
  });
});

test("[WT16] what was accepted before a WATCH * is on the pages, what comes after it is told: nothing is missed", () => {
  const herd = new CoreHarness();
  const feed = herd.parker.dials({ features: ["got"] });
  feed.hearsSync(0);
  feed.sends([at("ada", 990, "Parker")], 0, 1);
  herd.client().says(iamat("bob", 990));
  const watcher = herd.client();
  watcher.says("WATCH *");
  watcher.hearsLines("WATCH *");
  expect(herd.server.reportsPage(undefined, 10, undefined, herd.nowMillis)?.reports).toEqual([
    at("ada", 990, "Parker"),
    at("bob", 990),
  ]);
  expect(herd.store.read("ada"), "nothing is written for it").toBeUndefined();
});

test("[LI15] pages cost an address as much as a line for each ten reports", () => {
  const herd = new CoreHarness({ limits: { addressCommandsBurst: 100, addressCommandsPerSecond: 10 } });
  const isTaken = (count: number, address: string | undefined) =>
    herd.server.reportsPage(undefined, count, address, herd.nowMillis) !== undefined;
  expect([isTaken(500, "192.0.2.1"), isTaken(491, "192.0.2.1"), isTaken(1, "192.0.2.1")]).toEqual([true, true, false]);
  expect([isTaken(500, "192.0.2.2"), isTaken(500, undefined)]).toEqual([true, true]);
  herd.nowMillis += 1000;
  expect([isTaken(100, "192.0.2.1"), isTaken(1, "192.0.2.1")]).toEqual([true, false]);
  // One that is dearer than all that may be said at once takes just that.
  herd.nowMillis += 10_000;
  expect(isTaken(5000, "192.0.2.1")).toBe(true);
});

test("[WT27] a page has the age of each report, by the clock of the server", () => {
  const reports = ["AT Alford +10.000000000 ada +1-1 990", "AT Alford -0.500000000 bob +1-1 2000"];
  expect(withAges({ reports, next: null }, 1_002_500)).toEqual({ reports, next: null, ages: [2.5, 0] });
});
