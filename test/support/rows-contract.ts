// The contract of `Rows`, for every implementation: the store over them relies on no more than this.

import { describe, expect, test } from "vitest";

import type { CommitRow, EarlierTable, Rows } from "../../src/core/storage/rows.ts";
import type { NumberedReport } from "../../src/core/store/report-store.ts";
import { numbered } from "./reports.ts";

interface RowsUnderTest {
  readonly rows: Rows;
  /** The durable alarm, POSIX milliseconds. */
  readonly alarmAtMillis: () => Promise<number | undefined>;
  /** Puts these reports into a table of an earlier layout. Returns rows that have it. */
  readonly bringEarlier: (reports: readonly NumberedReport[]) => Rows;
  /** What the next life has on the same storage. */
  readonly reopen: () => Rows;
}

/** Runs a test with empty rows. */
export type WithRows = (body: (subject: RowsUnderTest) => void | Promise<void>) => Promise<void>;

/** 2100-01-01: it does not ring while the tests run. */
const FAR_MILLIS = Date.UTC(2100, 0, 1);

function commit(number: number, folded = 0, slot = number): CommitRow {
  return {
    slot,
    number,
    folded,
    lastSeq: number,
    clients: number,
    facts: `{"of":${number}}`,
    reports: `${number} a\n`,
  };
}

export function describeRows(name: string, withRows: WithRows): void {
  describe(`${name}: the log`, () => {
    test("[SR9] is empty at first, and has the commits that the newest one does not say to be folded, in order", () =>
      withRows(({ rows }) => {
        expect(rows.readLog()).toEqual([]);
        for (const number of [1, 2, 3]) rows.putCommit(commit(number));
        expect(rows.readLog()).toEqual([commit(1), commit(2), commit(3)]);
        rows.putCommit(commit(4, 2));
        expect(rows.readLog()).toEqual([commit(3), commit(4, 2)]);
        rows.putCommit({ ...commit(5, 5), facts: null });
        expect(rows.readLog()).toEqual([]);
      }));

    test("[SR8] replaces what a slot had, in whatever order slots are used", () =>
      withRows(({ rows }) => {
        for (const number of [1, 2, 3]) rows.putCommit(commit(number));
        rows.putCommit(commit(4, 2, 1));
        rows.putCommit(commit(5, 2, 2));
        expect(rows.readLog()).toEqual([commit(3), commit(4, 2, 1), commit(5, 2, 2)]);
      }));
  });

  describe(`${name}: the pages`, () => {
    /** In the order of their bytes: the last but one has two units of UTF-16, which come before it in JavaScript's own order. */
    const FIRSTS = ["", "\0", "A", "a", "a\0", "b", "é", "\uffff", "\u{1f9ed}", "\u{10ffff}"];

    test("[SR3] are found by the bytes of clients: the last page that does not begin above, and where the next one begins", () =>
      withRows(({ rows }) => {
        expect([rows.pageOf("a"), rows.firstAbove("")]).toEqual([undefined, undefined]);
        for (const first of FIRSTS.toReversed()) rows.putPage({ first, records: `of ${first}` });
        for (const [index, first] of FIRSTS.entries()) {
          expect(rows.pageOf(first)).toEqual({ first, records: `of ${first}` });
          expect(rows.firstAbove(first)).toBe(FIRSTS[index + 1]);
        }
        expect(rows.pageOf("aa")?.first).toBe("a\0");
        expect(rows.firstAbove("aa")).toBe("b");
        expect(rows.pageOf("\u{1f411}")?.first).toBe("\uffff");
      }));

    test("[SR6] are replaced as a whole", () =>
      withRows(({ rows }) => {
        rows.putPage({ first: "a", records: "x".repeat(100_000) });
        rows.putPage({ first: "a", records: "é" });
        expect(rows.pageOf("a")).toEqual({ first: "a", records: "é" });
        expect(rows.firstAbove("")).toBe("a");
        expect(rows.pageOf("A")).toBeUndefined();
      }));
  });

  describe(`${name}: a commit`, () => {
    test("[CU15] that throws changes nothing, and the error is passed on; the next one works", () =>
      withRows(async ({ rows, alarmAtMillis }) => {
        rows.transact(() => {
          rows.putCommit(commit(1));
          rows.putPage({ first: "", records: "before" });
          rows.wakeAt(FAR_MILLIS);
        });
        const error = new Error("the body failed");
        expect(() =>
          rows.transact(() => {
            rows.putCommit(commit(2, 1, 1));
            rows.putCommit(commit(3));
            rows.putPage({ first: "", records: "after" });
            rows.putPage({ first: "b", records: "after" });
            rows.wakeAt(undefined);
            throw error;
          }),
        ).toThrow(error);
        expect(rows.readLog()).toEqual([commit(1)]);
        expect([rows.pageOf("z"), rows.firstAbove("")]).toEqual([{ first: "", records: "before" }, undefined]);
        expect(await alarmAtMillis()).toBe(FAR_MILLIS);
        rows.transact(() => rows.putCommit(commit(2)));
        expect(rows.readLog()).toEqual([commit(1), commit(2)]);
      }));

    test("[SR2] of one write needs no transaction", () =>
      withRows(async ({ rows, alarmAtMillis }) => {
        rows.putCommit(commit(1));
        rows.putPage({ first: "", records: "page" });
        rows.wakeAt(FAR_MILLIS);
        expect([rows.readLog(), rows.pageOf("a")?.records]).toEqual([[commit(1)], "page"]);
        expect(await alarmAtMillis()).toBe(FAR_MILLIS);
      }));

    test("[ST6] takes bytes", () =>
      withRows(({ rows }) => {
        const before = rows.sizeBytes();
        rows.transact(() => {
          for (let page = 0; page < 100; page++) rows.putPage({ first: `p${page}`, records: "x".repeat(10_000) });
        });
        expect(rows.sizeBytes()).toBeGreaterThan(before + 900_000);
      }));
  });

  describe(`${name}: a renewal`, () => {
    test("[ER4] has the pages below where it is from what was put since, and all others as before, in every life", () =>
      withRows(({ rows, reopen }) => {
        for (const first of ["", "b", "d", "f"]) rows.putPage(page(first));
        expect(rows.renewal).toBeUndefined();
        rows.transact(() => rows.beginRenewal());
        for (const one of [rows, reopen()]) {
          expect(one.renewal).toEqual({ from: "" });
          expect(firstsOf(one)).toEqual(["", "b", "d", "f"]);
        }
        rows.transact(() => {
          rows.renewUpTo("d");
          rows.putPage(page("a", "after"));
          rows.putPage(page("d", "changed"));
        });
        for (const one of [rows, reopen()]) {
          expect(one.renewal).toEqual({ from: "d" });
          expect(firstsOf(one)).toEqual(["a", "d", "f"]);
          expect([one.pageOf(""), one.pageOf("c"), one.pageOf("e"), one.pageOf("g")]).toEqual([
            undefined,
            page("a", "after"),
            page("d", "changed"),
            page("f"),
          ]);
        }
        rows.transact(() => {
          rows.renewUpTo(undefined);
          rows.putPage(page("z", "after"));
        });
        for (const one of [rows, reopen()]) expect(firstsOf(one)).toEqual(["a", "z"]);
        rows.transact(() => rows.endRenewal());
        for (const one of [rows, reopen()]) {
          expect(one.renewal).toBeUndefined();
          expect(firstsOf(one)).toEqual(["a", "z"]);
          expect(one.pageOf("zz")).toEqual(page("z", "after"));
        }
      }));

    test("[ER4] frees what it has passed where it is told so, and takes room until it has ended otherwise", () =>
      withRows(({ rows }) => {
        const records = "x".repeat(100_000);
        const renew = (isFreed: boolean) => {
          rows.transact(() => rows.beginRenewal());
          rows.transact(() => {
            rows.renewUpTo("b");
            rows.putPage({ first: "a", records });
            if (isFreed) rows.freeRenewed();
          });
          const bytes = rows.sizeBytes();
          rows.transact(() => {
            rows.renewUpTo(undefined);
            rows.endRenewal();
          });
          return bytes;
        };
        rows.putPage({ first: "a", records });
        rows.putPage({ first: "b", records: "b" });
        const before = rows.sizeBytes();
        expect(renew(false)).toBeGreaterThan(before + 90_000);
        expect(renew(true)).toBeLessThan(before + 90_000);
        expect(rows.sizeBytes()).toBeLessThan(before + 90_000);
        expect(firstsOf(rows)).toEqual(["a"]);
      }));

    test("[CU15] is as it was after a commit that throws", () =>
      withRows(({ rows, reopen }) => {
        for (const first of ["", "b"]) rows.putPage(page(first));
        rows.putCommit(commit(1));
        rows.transact(() => rows.beginRenewal());
        rows.transact(() => {
          rows.renewUpTo("b");
          rows.putPage(page("a", "after"));
        });
        for (const isEnded of [false, true]) {
          const error = new Error("the commit failed");
          expect(() =>
            rows.transact(() => {
              rows.renewUpTo(undefined);
              rows.putPage(page("c", "after"));
              rows.freeRenewed();
              rows.renewLog();
              if (isEnded) rows.endRenewal();
              throw error;
            }),
          ).toThrow(error);
          for (const one of [rows, reopen()]) {
            expect(one.renewal).toEqual({ from: "b" });
            expect(firstsOf(one)).toEqual(["a", "b"]);
            expect(one.readLog()).toEqual([commit(1)]);
          }
        }
      }));

    test("[ER4] of the log leaves the commits that are not folded, and their slots", () =>
      withRows(({ rows, reopen }) => {
        for (const number of [1, 2, 3]) rows.putCommit(commit(number));
        rows.putCommit(commit(4, 2));
        rows.transact(() => rows.renewLog());
        for (const one of [rows, reopen()]) expect(one.readLog()).toEqual([commit(3), commit(4, 2)]);
        rows.putCommit(commit(5, 2, 1));
        rows.putCommit(commit(6, 3, 3));
        expect(rows.readLog()).toEqual([commit(4, 2), commit(5, 2, 1), commit(6, 3, 3)]);
      }));

    test("[ER4] what is written over is given back", () =>
      withRows(({ rows }) => {
        rows.putPage(page("a"));
        const before = rows.sizeBytes();
        for (const part of [0, 1, 0]) rows.overwrite(part);
        rows.endOverwriting();
        rows.endOverwriting();
        expect(rows.sizeBytes()).toBeLessThan(before + 100_000);
        expect(rows.pageOf("a")).toEqual(page("a"));
      }));
  });

  describe(`${name}: a table of an earlier layout`, () => {
    const REPORTS = ["\0", "a", "a\0", "é", "\uffff", "\u{1f9ed}"].map((client, index) =>
      numbered(index + 1, client, "5.5"),
    );

    test("[HD63] is none at first", () =>
      withRows(({ rows }) => {
        expect(rows.earlier).toBeUndefined();
      }));

    test("[HD63] is read by client, and in the order of clients' bytes", () =>
      withRows(({ bringEarlier }) => {
        const earlier = earlierOf(bringEarlier(REPORTS.toReversed()));
        for (const one of REPORTS) expect(earlier.read(one.report.client)).toEqual(one);
        expect(earlier.read("b")).toBeUndefined();
        expect(earlier.above("", 100)).toEqual(REPORTS);
        expect(earlier.above("a", 2)).toEqual(REPORTS.slice(2, 4));
        expect(earlier.above("\u{10ffff}", 2)).toEqual([]);
      }));

    test("[HD63] remembers how far it is moved, loses what is deleted, and is gone when it is dropped", () =>
      withRows(({ bringEarlier, reopen }) => {
        const rows = bringEarlier(REPORTS);
        rows.transact(() => earlierOf(rows).setMovedTo("a\0"));
        for (const one of [rows, reopen()]) {
          expect(earlierOf(one).movedTo).toBe("a\0");
          expect(earlierOf(one).above("", 100)).toEqual(REPORTS);
        }
        rows.transact(() => earlierOf(rows).deleteUpTo("a"));
        for (const one of [rows, reopen()]) expect(earlierOf(one).above("", 100)).toEqual(REPORTS.slice(2));
        rows.transact(() => earlierOf(rows).drop());
        for (const one of [rows, reopen()]) expect(one.earlier).toBeUndefined();
      }));

    test("[HD63] [CU15] is as it was after a commit that throws, how far it is moved included", () =>
      withRows(({ bringEarlier, reopen }) => {
        const rows = bringEarlier(REPORTS);
        rows.transact(() => earlierOf(rows).setMovedTo("\0"));
        for (const isDropped of [false, true]) {
          const error = new Error("the commit failed");
          expect(() =>
            rows.transact(() => {
              rows.putPage({ first: "", records: "moved" });
              earlierOf(rows).setMovedTo("é");
              earlierOf(rows).deleteUpTo("é");
              if (isDropped) earlierOf(rows).drop();
              throw error;
            }),
          ).toThrow(error);
          for (const one of [rows, reopen()]) {
            expect(earlierOf(one).movedTo).toBe("\0");
            expect(earlierOf(one).above("", 100)).toEqual(REPORTS);
            expect(one.pageOf("a")).toBeUndefined();
          }
        }
      }));
  });
}

function page(first: string, of = "before") {
  return { first, records: `${of} ${first}` };
}

function firstsOf(rows: Rows): string[] {
  const firsts: string[] = rows.pageOf("") === undefined ? [] : [""];
  for (let next = rows.firstAbove(""); next !== undefined; next = rows.firstAbove(next)) firsts.push(next);
  return firsts;
}

function earlierOf({ earlier }: Rows): EarlierTable {
  if (earlier === undefined) throw new Error("Expected an earlier table");
  return earlier;
}
