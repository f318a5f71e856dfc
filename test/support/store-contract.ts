// The contract of a `ReportStore`, for every implementation.
//
// The suite is plain vitest. The store in SQLite exists only inside a Durable Object. Each implementation therefore gives a
// function that runs a test with a store on empty storage.

import { describe, expect, test } from "vitest";

import { numbered, reportOf, rowsOf, scanAll, seqsOf } from "./reports.ts";
import { describeStoreCommits, type WithStore } from "./store-contract-commits.ts";

export function describeReportStore(name: string, withStore: WithStore): void {
  describe(`${name}: reports`, () => {
    test("[RP6] keeps the first report of a client, and reads it back unchanged", () =>
      withStore(({ store, reopen }) => {
        expect(store.read("kiwi")).toBeUndefined();
        expect(store.keep([numbered(1, "kiwi", "5.5")])).toEqual({ kept: new Set([1]), added: new Set([1]) });
        expect(store.read("kiwi")).toEqual(reportOf("kiwi", "5.5"));
        expect(reopen().read("kiwi")).toEqual(reportOf("kiwi", "5.5"));
      }));

    test.each([
      ["4", false],
      ["5", false],
      ["5.000000000", false],
      ["4.999999999", false],
      ["05", false],
      ["5.000000001", true],
      ["10", true],
    ])("[RP6] of a client held with time 5, keeps %s: %s", (time, isKept) =>
      withStore(({ store }) => {
        store.keep([numbered(1, "kiwi", "5", "Alford")]);
        const { kept, added } = store.keep([numbered(2, "kiwi", time, "Bolden")]);
        expect([kept.has(2), added.size]).toEqual([isKept, 0]);
        expect(store.read("kiwi")).toEqual(isKept ? reportOf("kiwi", time, "Bolden") : reportOf("kiwi", "5", "Alford"));
      }),
    );

    test.each([
      ["1479413884.392014450", "1479413884.392014451"],
      ["9007199254740992", "9007199254740993"],
      ["9.9", "10"],
      ["9".repeat(31), "9".repeat(32)],
      ["9999999999999999999999.999999998", "9999999999999999999999.999999999"],
    ])("[RP3] tells %s from %s, which no double does in general", (earlier, later) =>
      withStore(({ store }) => {
        store.keep([numbered(1, "kiwi", later)]);
        expect(store.keep([numbered(2, "kiwi", earlier)]).kept.size).toBe(0);
        store.keep([numbered(3, "wiki", earlier)]);
        expect(store.keep([numbered(4, "wiki", later)]).kept.size).toBe(1);
      }),
    );

    test.each([
      ["a greater server", "5", "Bolden", true],
      ["a lesser server", "5", "Aaron", false],
      ["the same", "5", "Alford", false],
      ["more digits", "5.0", "Alford", true],
      ["more digits and a lesser server", "5.0", "Aaron", false],
      ["a lesser time", "4", "Bolden", false],
      ["a later time and a lesser server", "6", "Aaron", true],
      ["a character of two units, which is greater by its bytes only", "5", "\u{1f411}", true],
    ])("[RP11] of an AT of equal time, the greater line supersedes: %s", (_what, time, server, isKept) =>
      withStore(({ store }) => {
        store.keep([{ ...numbered(1, "kiwi", "5", "Alford"), isFlooded: true }]);
        const { kept, added } = store.keep([{ ...numbered(2, "kiwi", time, server), isFlooded: true }]);
        expect([kept.has(2), added.size]).toEqual([isKept, 0]);
        expect(store.read("kiwi")).toEqual(isKept ? reportOf("kiwi", time, server) : reportOf("kiwi", "5", "Alford"));
      }),
    );

    test("[RP6] [RP11] judges ATs and IAMATs of one batch each by its own guard, and counts new clients", () =>
      withStore(({ store }) => {
        store.keep(rowsOf(40, { time: "5" }).map((row, index) => ({ ...row, isFlooded: index % 2 === 0 })));
        const batch = rowsOf(60, { firstSeq: 101 }).map(({ seq, report }, index) => ({
          ...numbered(seq, report.client, "5", "Bolden"),
          isFlooded: index % 3 === 0,
        }));
        const expected = batch.filter(({ isFlooded }, index) => isFlooded || index >= 40);
        expect(store.keep(batch)).toEqual({ kept: new Set(seqsOf(expected)), added: new Set(seqsOf(batch.slice(40))) });
        const all = batch.map((row) => ({ ...numbered(row.seq + 100, row.report.client, "6"), isFlooded: true }));
        expect(store.keep(all)).toEqual({ kept: new Set(seqsOf(all)), added: new Set() });
      }));

    test.each([0, 1, 24, 25, 26, 100, 1000])("[RP6] takes a batch of %d", (count) =>
      withStore(({ store }) => {
        const rows = rowsOf(count);
        expect(store.keep(rows)).toEqual({ kept: new Set(seqsOf(rows)), added: new Set(seqsOf(rows)) });
        expect(scanAll(store, 300)).toEqual(rows);
      }),
    );

    test("[RP6] judges each report of a batch by itself: new, later, equal and older ones", () =>
      withStore(({ store }) => {
        const held = rowsOf(60, { time: "5" });
        store.keep(held.slice(0, 45));
        const times = ["4", "5", "6"];
        const batch = held.map(({ report }, index) => numbered(101 + index, report.client, times[index % 3] ?? ""));
        const expected = batch.filter((_, index) => index >= 45 || index % 3 === 2);
        expect(store.keep(batch)).toEqual({ kept: new Set(seqsOf(expected)), added: new Set(seqsOf(batch.slice(45))) });
        const isExpected = new Set(expected);
        expect(scanAll(store, 100)).toEqual(
          held.map((row, index) => {
            const offered = batch[index];
            return offered !== undefined && isExpected.has(offered) ? offered : row;
          }),
        );
      }));

    test("[RP6] to keep a batch twice is to keep it once", () =>
      withStore(({ store }) => {
        const rows = rowsOf(60);
        store.keep(rows);
        expect(store.keep(rowsOf(60, { firstSeq: 1001 }))).toEqual({ kept: new Set(), added: new Set() });
        expect(scanAll(store, 100)).toEqual(rows);
      }));

    test.each([
      ["later", ["3", "3", "3"], [true, true, true]],
      ["some later", ["3", "1", "2"], [true, false, false]],
      ["in order of nothing", ["1", "2", "3"], [false, false, true]],
    ])("[RP6] judges each report of clients that moved before: %s", (_name, times, areKept) =>
      withStore(({ store }) => {
        store.keep(rowsOf(3));
        store.keep(rowsOf(3, { firstSeq: 4, time: "2" }));
        const batch = rowsOf(3).map(({ report }, index) => numbered(7 + index, report.client, times[index] ?? ""));
        const expected = batch.filter((_row, index) => areKept[index]);
        expect(store.keep(batch)).toEqual({ kept: new Set(seqsOf(expected)), added: new Set() });
      }),
    );

    test("[RP6] counts clients of a commit that failed as new when they come again", () =>
      withStore(({ store }) => {
        const commit = () =>
          store.transact(() => {
            store.keep(rowsOf(3));
            throw new Error("the commit failed");
          });
        expect(commit).toThrow("the commit failed");
        expect(store.keep(rowsOf(3)).added).toEqual(new Set(seqsOf(rowsOf(3))));
      }));

    test("[RP6] counts a client as new once, however often it moves", () =>
      withStore(({ store }) => {
        const added = ["1", "2", "3", "2"].map((time, index) => store.keep([numbered(index, "kiwi", time)]).added.size);
        expect(added).toEqual([1, 0, 0, 0]);
      }));

    test("[CU1] takes numbers beyond 32 bits", () =>
      withStore(({ store }) => {
        const rows = [numbered(2 ** 32 + 1, "a", "1"), numbered(Number.MAX_SAFE_INTEGER, "b", "1")];
        expect(store.keep(rows).kept).toEqual(new Set(seqsOf(rows)));
        expect(scanAll(store, 10)).toEqual(rows);
      }));

    test("[RP1] keeps ids as they came, and apart", () =>
      withStore(({ store }) => {
        const ids = ["é", "e\u0301", "E\u0301", "\0", "\0\0", "a\0b", "a\0c", "\u{1f9ed}", "\u{10ffff}", "\uffff"];
        ids.push(
          "'",
          '"',
          "'; DROP TABLE reports; --",
          "%",
          "_",
          "?1",
          "\u00a0",
          "\ufeffa",
          "a",
          "A",
          "1",
          "01",
          "1.0",
        );
        store.keep(ids.map((client, index) => numbered(index, client, `${index + 1}`)));
        for (const [index, client] of ids.entries())
          expect(store.read(client)).toEqual(reportOf(client, `${index + 1}`));
        expect(new Set(seqsOf(scanAll(store, 3)))).toEqual(new Set(ids.keys()));
      }));
  });

  describe(`${name}: scans`, () => {
    test("[CU18] of an empty table end at once", () =>
      withStore(({ store }) => {
        expect(store.scan(undefined, 10)).toEqual({ rows: [], isLast: true });
      }));

    test.each([1, 2, 3, 7, 29, 30, 31])("[CU18] in steps of %d bring every row once and end", (count) =>
      withStore(({ store }) => {
        const rows = rowsOf(30);
        store.keep(rows);
        expect(scanAll(store, count)).toEqual(rows);
      }),
    );

    test("[CU18] have at most as many rows in a step as were asked for", () =>
      withStore(({ store }) => {
        store.keep(rowsOf(10));
        const { rows, isLast } = store.scan(undefined, 4);
        expect([rows.length, isLast]).toEqual([4, false]);
      }));

    test("[CU18] that are under way see new rows that come after their position, and no row twice", () =>
      withStore(({ store }) => {
        store.keep(["b", "d", "f"].map((client, index) => numbered(index + 1, client, "1")));
        const first = store.scan(undefined, 2);
        store.keep([numbered(4, "a", "1"), numbered(5, "b", "2"), numbered(6, "e", "1"), numbered(7, "f", "2")]);
        const rest = store.scan(first.rows.at(-1)?.report.client, 10);
        expect([seqsOf(first.rows), seqsOf(rest.rows)]).toEqual([
          [1, 2],
          [6, 7],
        ]);
        expect(rest.isLast).toBe(true);
      }));
  });

  describeStoreCommits(name, withStore);
}
