// A pass of erasing over a table: what it takes away, what it leaves, and what that costs.

import { describe, expect, test } from "vitest";
import { PagedReportStore } from "../../../src/core/storage/paged-report-store.ts";
import type { CommitRow, PageRow } from "../../../src/core/storage/rows.ts";
import type { ErasedStep } from "../../../src/core/store/report-store.ts";
import { FOR_EVER, keepingFor } from "../../support/keepings.ts";
import { MemoryRows } from "../../support/memory-rows.ts";
import { numbered, rowsOf, scanAll } from "../../support/reports.ts";

class CountedRows extends MemoryRows {
  commits = 0;
  pages = 0;
  overwritten: number[] = [];
  steps = 0;

  override transact(body: () => void): void {
    this.steps++;
    super.transact(body);
  }

  override putCommit(row: CommitRow): void {
    this.commits++;
    super.putCommit(row);
  }

  override putPage(page: PageRow): void {
    this.pages++;
    super.putPage(page);
  }

  override overwrite(part = -1): void {
    this.overwritten.push(part);
    super.overwrite();
  }
}

const STORAGE = {
  logBytes: 1_000_000,
  logCommits: 10_000,
  logIdleBytes: 1_000_000,
  foldSeconds: 1_000_000,
  eraseSeconds: 50,
  foldPages: 4,
  pageBytes: 2000,
};

function opened(rows: MemoryRows): PagedReportStore {
  return new PagedReportStore(rows, {
    storage: STORAGE,
    peers: { idleSeconds: 1000, scanReports: 100 },
    limits: { storageBytes: 1_000_000_000 },
  });
}

/** With these reports, and a head that counts them. */
function storeOf(reports: Parameters<PagedReportStore["keep"]>[0]) {
  const rows = new CountedRows();
  const store = opened(rows);
  const head = { epoch: "e", reservedSeq: 10_000, lastSeq: reports.length, alarmSeq: 0, starts: 1 };
  store.transact(() => {
    store.keep(reports);
    store.writeHead({ ...head, clients: reports.length });
  });
  return { rows, store };
}

/** A whole pass at that time. Returns its steps. */
function erase(store: PagedReportStore, nowMillis: number, keeping = FOR_EVER): ErasedStep[] {
  const steps: ErasedStep[] = [];
  store.eraseBy(nowMillis);
  for (let millis = 0; millis < 1_000_000; millis += 20) {
    store.keepUp(millis);
    const step = store.erase({ nowMillis, steadyMillis: millis }, keeping);
    if (step !== undefined) steps.push(step);
    if (step?.ended !== undefined) return steps;
  }
  throw new Error("Expected the pass to end");
}

/** Keeps for 100 s, at that time. */
const keepingAt = (seconds: number) => keepingFor(100, { nowMillis: seconds * 1000 });

describe("a pass of erasing", () => {
  test("[ER4] [ER7] leaves everything that is known, at the same places, in this life and the next", () => {
    const { rows, store } = storeOf(rowsOf(300));
    const before = scanAll(store, 1000);
    const steps = erase(store, 1000);
    expect(steps.at(-1)?.ended).toMatchObject({ erased: 0 });
    for (const one of [store, opened(rows)]) {
      expect(scanAll(one, 1000)).toEqual(before);
      expect(one.readHead()).toMatchObject({ clients: 300, lastSeq: 300 });
      expect(one.eraseMillis).toBe(Infinity);
    }
  });

  test("[ER1] [ER7] takes away what is past keeping, and counts it", () => {
    const reports = rowsOf(300).map(({ seq, report }) => numbered(seq, report.client, seq % 3 === 0 ? "10" : "100"));
    const { rows, store } = storeOf(reports);
    // What was read before is not remembered.
    for (const { report } of reports) store.read(report.client);
    const steps = erase(store, 150_000, keepingAt(150));
    expect(steps.flatMap(({ lapsed }) => lapsed)).toHaveLength(100);
    const left = reports.filter(({ seq }) => seq % 3 !== 0);
    for (const one of [store, opened(rows)]) {
      expect(scanAll(one, 1000)).toEqual(left);
      expect(one.readHead()?.clients).toBe(200);
      for (const { seq, report } of reports) expect(one.read(report.client) !== undefined).toBe(seq % 3 !== 0);
      // The first that is left goes 100 s after it was heard.
      expect(one.eraseMillis).toBe((100 + 100 + 50) * 1000);
    }
    expect(rows.texts.join("")).not.toContain(" 10\n");
  });

  test("[ER4] leaves no page that begins with a client of whom nothing is held", () => {
    const { rows, store } = storeOf(rowsOf(300).map(({ seq, report }) => numbered(seq, report.client, "10")));
    erase(store, 1000);
    store.keep([numbered(301, "client-00150x", "100")]);
    erase(store, 150_000, keepingAt(150));
    const firsts: string[] = [];
    for (let first = rows.firstAbove(""); first !== undefined; first = rows.firstAbove(first)) firsts.push(first);
    expect([rows.pageOf(""), firsts]).toEqual([undefined, ["client-00150x"]]);
    expect(scanAll(opened(rows), 10)).toEqual([numbered(301, "client-00150x", "100")]);
    store.keep(rowsOf(5, { firstSeq: 400, time: "120" }));
    erase(store, 160_000, keepingAt(160));
    expect(scanAll(opened(rows), 10)).toHaveLength(6);
  });

  test("[ER2] leaves nothing of what a report superseded, nor of what was folded", () => {
    const { rows, store } = storeOf([numbered(1, "ada", "10")]);
    for (let time = 11; time < 20; time++) store.keep([numbered(time, "ada", String(time))]);
    expect(rows.texts.join("")).toContain(" 15\n");
    erase(store, 1000);
    expect(rows.texts.join("")).toBe("ada 19 AT Alford +0.000000000 ada +0+0 19\n");
  });

  test("[ER4] writes over as much as it has freed, and over a little again and again", () => {
    const { rows, store } = storeOf(rowsOf(3000));
    erase(store, 1000);
    const [six, seven, nine] = [6, 7, 9].map((count) => Array.from({ length: count }, (_, part) => part % 7));
    expect(rows.overwritten).toEqual([six, six, seven, seven, seven, nine].flat());
    rows.overwritten = [];
    const text = "x".repeat(1_000_000);
    // Of another writer: what the rows take is what counts.
    const first = "\u{10ffff}";
    rows.putPage({ first, records: "" });
    rows.addBytes(25 * text.length);
    const endRenewal = rows.endRenewal.bind(rows);
    rows.endRenewal = () => {
      endRenewal();
      rows.addBytes(-25 * text.length);
    };
    erase(store, 2000);
    expect(new Set(rows.overwritten).size).toBe(32);
  });

  test("[ER5] goes in steps of foldPages pages, writes each page once, and at most 100 rows beside", () => {
    const { rows, store } = storeOf(rowsOf(1000));
    erase(store, 1000);
    Object.assign(rows, { pages: 0, commits: 0, steps: 0, overwritten: [] });
    const steps = erase(store, 1000, keepingAt(50));
    const { pages } = steps.at(-1)?.ended ?? { pages: 0 };
    expect(pages).toBeGreaterThan(20);
    expect(rows.pages).toBe(pages);
    expect(rows.commits + rows.overwritten.length).toBeLessThanOrEqual(100);
    expect(steps.filter(({ ended }) => ended === undefined).length).toBeGreaterThanOrEqual(pages / STORAGE.foldPages);
  });

  test("[ER5] takes a step each 20 ms, and none of them while the log is folded", () => {
    const { store } = storeOf(rowsOf(100));
    store.eraseBy(1000);
    expect(store.erase({ nowMillis: 999, steadyMillis: 0 }, FOR_EVER)).toBeUndefined();
    expect([store.isErasing, store.nextUpkeepMillis]).toEqual([false, Infinity]);
    expect(store.erase({ nowMillis: 1000, steadyMillis: 0 }, FOR_EVER)).toBeUndefined();
    expect([store.isErasing, store.nextUpkeepMillis]).toEqual([true, 0]);
    let millis = 0;
    for (; store.erase({ nowMillis: 1000, steadyMillis: millis }, FOR_EVER) === undefined; millis += 20)
      store.keepUp(millis);
    expect(store.nextUpkeepMillis).toBe(millis + 20);
    expect(store.erase({ nowMillis: 1000, steadyMillis: store.nextUpkeepMillis - 1 }, FOR_EVER)).toBeUndefined();
    expect(store.erase({ nowMillis: 1000, steadyMillis: store.nextUpkeepMillis }, FOR_EVER)).toBeDefined();
  });

  test("[ER1] is due again for what came during it", () => {
    const { store } = storeOf(rowsOf(100));
    store.eraseBy(1000);
    store.erase({ nowMillis: 1000, steadyMillis: 0 }, FOR_EVER);
    store.eraseBy(77_000);
    store.eraseBy(99_000);
    erase(store, 2_000_000);
    expect(store.eraseMillis).toBe(77_000);
  });
});
