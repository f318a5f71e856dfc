// Folding: when it begins, what it writes, and that it keeps up.

import { describe, expect, test } from "vitest";

import { PagedReportStore } from "../../../src/core/storage/paged-report-store.ts";
import type { CommitRow, PageRow } from "../../../src/core/storage/rows.ts";
import { MemoryReportStore } from "../../support/memory-report-store.ts";
import { MemoryRows } from "../../support/memory-rows.ts";
import { numbered, rowsOf, scanAll } from "../../support/reports.ts";
import { expectCut, pagesOf } from "../../support/store-run.ts";

/** Rows that are counted, and reads of pages too. */
class CountedRows extends MemoryRows {
  commits = 0;
  pages = 0;
  alarms = 0;
  reads = 0;

  get written(): number {
    return this.commits + this.pages + this.alarms;
  }

  override putCommit(row: CommitRow): void {
    this.commits++;
    super.putCommit(row);
  }

  override putPage(page: PageRow): void {
    this.pages++;
    super.putPage(page);
  }

  override wakeAt(millis: number | undefined): void {
    this.alarms++;
    super.wakeAt(millis);
  }

  override pageOf(client: string): PageRow | undefined {
    this.reads++;
    return super.pageOf(client);
  }

  override firstAbove(client: string): string | undefined {
    this.reads++;
    return super.firstAbove(client);
  }
}

const SETTINGS = {
  logBytes: 100_000,
  logCommits: 1000,
  logIdleBytes: 1000,
  eraseSeconds: 3600,
  foldSeconds: 600,
  foldPages: 2,
  pageBytes: 2000,
};

const IDLE_SECONDS = 60;

function opened(rows: MemoryRows, settings: Partial<typeof SETTINGS> = {}): PagedReportStore {
  return new PagedReportStore(rows, {
    storage: { ...SETTINGS, ...settings },
    peers: { idleSeconds: IDLE_SECONDS, scanReports: 100 },
    limits: { storageBytes: 1_000_000_000 },
  });
}

function emptyStore(settings: Partial<typeof SETTINGS> = {}) {
  const rows = new CountedRows();
  return { rows, store: opened(rows, settings) };
}

/** The pages have everything of the log. */
function isFolded(rows: MemoryRows): boolean {
  const log = rows.readLog();
  return log.length === 1 && log[0]?.reports === "";
}

/** Takes all steps that are due without another commit, from this moment on. Returns how many. */
function foldAll(store: PagedReportStore, rows: MemoryRows, fromMillis: number): number {
  let millis = fromMillis;
  for (let steps = 0; steps < 10_000; steps++) {
    if (isFolded(rows)) return steps;
    store.keepUp(millis);
    millis = Math.max(millis, store.nextUpkeepMillis);
  }
  throw new Error("Expected folding to end");
}

describe("a commit", () => {
  test("[SR1] is one row, whatever it holds, and one more with an alarm", () => {
    const { rows, store } = emptyStore();
    const head = { epoch: "e", reservedSeq: 100, lastSeq: 0, clients: 0, alarmSeq: 0, starts: 1 };
    const writeAll = () => {
      store.keep(rowsOf(100));
      store.writeHead(head);
      store.writeNeighbour("Parker", { epoch: "p", cursor: 1, failures: 0 });
      store.writeNeighbour("Powell", { epoch: "p", cursor: 1, failures: 0 });
      store.forgetNeighbour("Powell");
      store.writeIsDrained(true);
    };
    store.transact(writeAll);
    expect(rows.written).toBe(1);
    store.transact(() => {
      store.keep(rowsOf(100, { time: "2" }));
      store.wakeAt(5);
      store.wakeAt(6);
    });
    expect([rows.written, rows.alarms, rows.alarmAtMillis]).toEqual([3, 1, 6]);
  });

  test("[SR1] of reports that are all superseded is none, and neither is an empty one", () => {
    const { rows, store } = emptyStore();
    store.keep(rowsOf(10));
    store.keep(rowsOf(10));
    store.transact(() => store.keep(rowsOf(10)));
    store.transact(() => undefined);
    expect(rows.written).toBe(1);
  });

  test("[SR1] that only sets the alarm is that one row", () => {
    const { rows, store } = emptyStore();
    store.transact(() => store.wakeAt(5));
    expect([rows.written, rows.alarmAtMillis]).toEqual([1, 5]);
  });
});

describe("folding", () => {
  test("[SR5] begins when the log has half of logBytes", () => {
    const { rows, store } = emptyStore();
    let [seq, characters] = [0, 0];
    while (rows.pages === 0) {
      expect(characters).toBeLessThan(SETTINGS.logBytes / 2);
      store.keep(Array.from({ length: 20 }, () => numbered(++seq, `client-${seq % 500}`, String(seq))));
      characters = rows.readLog().reduce((sum, { reports }) => sum + reports.length, 0);
      store.keepUp(0);
    }
    expect(characters).toBeGreaterThan(SETTINGS.logBytes * 0.45);
  });

  test("[SR5] begins when the log has half of logCommits", () => {
    const { rows, store } = emptyStore({ logCommits: 20 });
    for (let commit = 1; commit <= 10; commit++) {
      expect(rows.pages).toBe(0);
      store.keep([numbered(commit, "kiwi", String(commit))]);
      store.keepUp(0);
    }
    expect(rows.pages).toBe(1);
  });

  test("[SR5] begins foldSeconds after the oldest commit, though more come", () => {
    const { rows, store } = emptyStore();
    for (let second = 0; second < SETTINGS.foldSeconds; second += 10) {
      store.keep(rowsOf(4, { firstSeq: second * 4 + 1, time: String(second) }));
      store.keepUp(second * 1000);
      expect(rows.pages).toBe(0);
    }
    expect(store.nextUpkeepMillis).toBe(SETTINGS.foldSeconds * 1000);
    store.keepUp(SETTINGS.foldSeconds * 1000 - 1);
    expect(rows.pages).toBe(0);
    store.keepUp(SETTINGS.foldSeconds * 1000);
    expect(rows.pages).toBe(1);
  });

  test("[SR5] begins idleSeconds after the newest commit, after a start too", () => {
    for (const isStarted of [false, true]) {
      const { rows, store: first } = emptyStore();
      first.keep(rowsOf(40));
      const store = isStarted ? opened(rows) : first;
      store.keepUp(7);
      expect(store.nextUpkeepMillis).toBe(7 + IDLE_SECONDS * 1000);
      store.keepUp(7 + IDLE_SECONDS * 1000 - 1);
      expect(rows.pages).toBe(0);
      store.keepUp(7 + IDLE_SECONDS * 1000);
      expect(rows.pages).toBeGreaterThan(0);
    }
  });

  test("[SR5] does not begin for a log of logIdleBytes: nobody has to wake for it", () => {
    const { rows, store } = emptyStore();
    store.keep(rowsOf(10));
    store.keepUp(0);
    expect(store.nextUpkeepMillis).toBe(Infinity);
    store.keepUp(10_000_000);
    expect([rows.pages, rows.commits]).toEqual([0, 1]);
  });

  test.each([{ logCommits: 1 }, { logCommits: 2 }, { logBytes: 1 }, { logIdleBytes: 0 }])(
    "[SR5] does not begin again when nothing has come since, with %j",
    (settings) => {
      const { rows, store } = emptyStore(settings);
      store.writeNeighbour("Parker", { epoch: "p", cursor: 1, failures: 0 });
      store.keep(rowsOf(10));
      store.keepUp(0);
      foldAll(store, rows, IDLE_SECONDS * 1000);
      const { written } = rows;
      for (const millis of [1e6, 1e7, 1e8]) store.keepUp(millis);
      expect([rows.written, store.nextUpkeepMillis]).toEqual([written, Infinity]);
      store.keep(rowsOf(10, { time: "2" }));
      store.keepUp(2e8);
      foldAll(store, rows, 2e8 + IDLE_SECONDS * 1000);
      expect(scanAll(opened(rows), 10)).toEqual(rowsOf(10, { time: "2" }));
    },
  );

  test("[SR6] writes a page once for all its clients, and the mark is one row", () => {
    const { rows, store } = emptyStore({ foldPages: 1000 });
    store.keep(rowsOf(200));
    store.keepUp(0);
    foldAll(store, rows, IDLE_SECONDS * 1000);
    const before = pagesOf(rows);
    expect(before.length).toBeGreaterThan(4);
    // Many commits, in each of which every client moves.
    for (let time = 2; time < 8; time++) store.keep(rowsOf(200, { firstSeq: time * 1000, time: String(time) }));
    const [pages, commits] = [rows.pages, rows.commits];
    store.keepUp(1e6);
    foldAll(store, rows, 2e6);
    expect([rows.pages - pages, rows.commits - commits]).toEqual([before.length, 1]);
    expect(pagesOf(rows)).toEqual(before);
    const [mark] = rows.readLog();
    expect(mark).toMatchObject({ folded: 8, number: 9, reports: "" });
  });

  test("[SR3] cuts pages that grow, in whatever order clients come", () => {
    const all = rowsOf(500);
    for (const coming of [
      all,
      all.toReversed(),
      all.map((_, index) => all[(index * 77) % 500] ?? numbered(0, "", "1")),
    ]) {
      const { rows, store } = emptyStore();
      for (let at = 0; at < 500; at += 50) {
        store.keep(coming.slice(at, at + 50));
        store.keepUp(at * 1e6);
        foldAll(store, rows, at * 1e6 + IDLE_SECONDS * 1000);
      }
      expectCut(rows, SETTINGS.pageBytes);
      expect(pagesOf(rows).flat()).toEqual(all.map(({ report }) => report.client));
      // Each is a third full at least, on average.
      const characters = all.reduce((sum, { report }) => sum + report.line.length + report.client.length + 4, 0);
      expect(pagesOf(rows).length).toBeLessThan((3 * characters) / SETTINGS.pageBytes);
      expect(scanAll(opened(rows), 99)).toEqual(all);
    }
  });

  test("[SR7] goes in steps of so many pages, and what comes between them is kept", () => {
    const { rows, store } = emptyStore();
    store.keep(rowsOf(200));
    store.keepUp(0);
    foldAll(store, rows, IDLE_SECONDS * 1000);
    store.keep(rowsOf(200, { firstSeq: 1000, time: "2" }));
    store.keepUp(1e6);
    let [millis, pages, steps] = [store.nextUpkeepMillis, rows.pages, 0];
    while (millis < Infinity && steps++ < 1000) {
      store.keepUp(millis);
      expect(rows.pages - pages).toBeLessThanOrEqual(SETTINGS.foldPages);
      pages = rows.pages;
      expect(store.nextUpkeepMillis).toBeGreaterThan(millis);
      millis = store.nextUpkeepMillis;
      if (steps > 3) continue;
      // One behind the position and one ahead of it.
      store.keep([
        numbered(5000 + steps, "client-00000", `3.${steps}`),
        numbered(6000 + steps, "client-00199", `3.${steps}`),
      ]);
    }
    expect(steps).toBeGreaterThan(3);
    const next = opened(rows);
    expect(next.read("client-00000")?.line).toContain(" 3.3");
    expect(next.read("client-00199")?.line).toContain(" 3.3");
  });

  test.each([
    ["clients that are known, in order", 1, 1],
    ["clients that are known, here and there", 7919, 1],
    ["clients that are known, often in one commit", 7919, 20],
  ])("[SR7] keeps up with a steady load of %s, with no step but those of commits", (_what, stride, reports) => {
    const rows = new CountedRows();
    // As many pages as a log has commits: hardly any two reports share one.
    const clients = 3000;
    const fill = opened(rows, { pageBytes: 1, foldPages: 10_000 });
    fill.keep(rowsOf(clients));
    fill.keepUp(0);
    foldAll(fill, rows, IDLE_SECONDS * 1000);
    const store = opened(rows, { foldPages: 1, pageBytes: 1 });
    let [most, mostPages, seq] = [0, 0, 0];
    for (let commit = 0; commit < 6000; commit++) {
      const { pages } = rows;
      const batch = Array.from({ length: reports }, () => {
        seq++;
        return numbered(seq, `client-${String((seq * stride) % clients).padStart(5, "0")}`, String(10 + seq));
      });
      store.keep(batch);
      // The clock stands still: steps that are due by it do not help.
      store.keepUp(1);
      most = Math.max(most, fillOf(rows));
      mostPages = Math.max(mostPages, (rows.pages - pages) / reports);
    }
    expect(most).toBeLessThan(1.05);
    expect(most).toBeGreaterThan(0.5);
    // No commit has to wait for much.
    expect(mostPages).toBeLessThan(20);
  });

  test("[SR7] [SR2] goes in steps after a start that finds the log nearly full, as a crash in the middle leaves it", () => {
    const rows = new CountedRows();
    const crashed = opened(rows);
    crashed.keep(rowsOf(700));
    crashed.keepUp(0);
    foldAll(crashed, rows, IDLE_SECONDS * 1000);
    // Nothing more is folded: its server does not come to it.
    let seq = 700;
    while (fillOf(rows) < 0.95) {
      const batch = Array.from({ length: 10 }, () => ++seq);
      crashed.keep(batch.map((of) => numbered(of, `client-${String(of % 700).padStart(5, "0")}`, String(of))));
    }
    const store = opened(rows);
    let [most, pages, commits] = [0, rows.pages, 0];
    const isLastFolded = () => rows.pageOf("client-00699")?.records.includes("client-00699 700 ") === false;
    while (!isLastFolded() && commits++ < 2000) {
      store.keep([numbered(++seq, "client-00000", String(seq))]);
      // The clock stands still.
      store.keepUp(1);
      most = Math.max(most, rows.pages - pages);
      pages = rows.pages;
    }
    expect(commits).toBeGreaterThan(20);
    expect(most).toBeLessThan(5);
    expect(fillOf(rows)).toBeLessThan(1.5);
    expect(scanAll(opened(rows), 100)).toEqual(scanAll(store, 100));
    expect(scanAll(store, 100)).toHaveLength(700);
  });

  test("[SR9] a start reads the log and no page, nor does a commit of what is in the log", () => {
    const { rows, store } = emptyStore();
    store.keep(rowsOf(200));
    store.keepUp(0);
    foldAll(store, rows, IDLE_SECONDS * 1000);
    store.keep(rowsOf(5, { firstSeq: 1000, time: "2" }));
    rows.reads = 0;
    const next = opened(rows);
    expect([next.readHead(), next.isMoving, next.nextUpkeepMillis]).toEqual([undefined, false, Infinity]);
    next.keep(rowsOf(5, { firstSeq: 2000, time: "3" }));
    expect(next.read("client-00004")?.line).toContain(" 3");
    next.keepUp(0);
    expect(rows.reads).toBe(0);
  });

  test("[SR8] a log that is folded again and again has no more rows than waited at once", () => {
    const store = new MemoryReportStore(new MemoryRows(), { logCommits: 20 });
    const slots = new Set<number>();
    for (let commit = 1; commit <= 1000; commit++) {
      store.keep([numbered(commit, `client-${commit % 7}`, String(commit))]);
      store.keepUp(0);
      for (const { slot } of store.rows.readLog()) slots.add(slot);
    }
    expect(slots.size).toBeLessThanOrEqual(22);
  });
});

/** How full the log is. A row takes 40 characters beside its texts. */
function fillOf(rows: MemoryRows): number {
  const log = rows.readLog();
  const characters = log.reduce((sum, { facts, reports }) => sum + 40 + (facts?.length ?? 0) + reports.length, 0);
  return Math.max(characters / SETTINGS.logBytes, log.length / SETTINGS.logCommits);
}
