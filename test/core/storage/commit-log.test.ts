// The log of commits: its numbers, its slots, and what of it a start finds.

import { describe, expect, test } from "vitest";

import { CommitLog } from "../../../src/core/storage/commit-log.ts";
import { parseReports } from "../../../src/core/storage/records.ts";
import type { CommitRow } from "../../../src/core/storage/rows.ts";
import { MemoryReportStore } from "../../support/memory-report-store.ts";
import { MemoryRows } from "../../support/memory-rows.ts";
import { reportOf, rowsOf, scanAll, numbered } from "../../support/reports.ts";
import { MortalRows } from "../../support/mortal-rows.ts";

const text = (reports = "") => ({ lastSeq: 7, clients: 3, facts: null, reports });

/** Rows that tell which slots were written, in order. */
class SlotRows extends MemoryRows {
  readonly slots: number[] = [];

  override putCommit(row: CommitRow): void {
    this.slots.push(row.slot);
    super.putCommit(row);
  }
}

describe("the log", () => {
  test("[SR8] numbers commits without gaps, and uses the slots again of those that are folded", () => {
    const rows = new SlotRows();
    const log = new CommitLog(rows, []);
    for (const reports of ["a", "b", "c"]) log.append([text(reports)])();
    expect([log.number, log.length, rows.slots]).toEqual([3, 3, [1, 2, 3]]);
    log.append([text("d")], 2)();
    expect(log.length).toBe(2);
    expect(rows.readLog().map(({ number, reports }) => [number, reports])).toEqual([
      [3, "c"],
      [4, "d"],
    ]);
    // Two slots are free, and a commit of three rows takes a new one beside them.
    log.append([text("e"), text("f"), text("g")])();
    expect(rows.slots.slice(4).toSorted((one, other) => one - other)).toEqual([1, 2, 5]);
    expect(rows.readLog().map(({ reports }) => reports)).toEqual(["c", "d", "e", "f", "g"]);
  });

  test("[SR8] has no more rows than commits waited at once, over many rounds and starts", () => {
    const rows = new SlotRows();
    for (let life = 0; life < 10; life++) {
      const log = new CommitLog(rows, rows.readLog());
      for (let round = 0; round < 10; round++) {
        for (let commit = 0; commit < 4; commit++) log.append([text("x")])();
        log.append([text()], log.number)();
        expect(log.length).toBe(1);
      }
    }
    // Four commits, the mark of the round before, and that of this one, before which none is folded.
    expect(Math.max(...rows.slots)).toBeLessThanOrEqual(6);
    expect(rows.readLog().at(-1)?.number).toBe(500);
  });

  test("[SR8] a commit that failed takes no slot and no number, and forgets nothing", () => {
    const rows = new SlotRows();
    const log = new CommitLog(rows, []);
    log.append([text("a")])();
    const { bytes } = log;
    log.append([text("b"), text("c")], 1);
    expect([log.number, log.length, log.bytes]).toEqual([1, 1, bytes]);
    log.append([text("d")])();
    expect(rows.slots).toEqual([1, 2, 3, 2]);
    expect([log.number, log.length]).toEqual([2, 2]);
  });

  test("[SR9] a start counts what is not folded as the life before did", () => {
    const rows = new MemoryRows();
    const log = new CommitLog(rows, []);
    for (const reports of ["a", "bb", "ccc"]) log.append([text(reports)])();
    log.append([{ ...text("dddd"), facts: "facts" }], 2)();
    const next = new CommitLog(rows, rows.readLog());
    expect([next.number, next.length, next.bytes]).toEqual([log.number, log.length, log.bytes]);
  });
});

describe("a commit", () => {
  test("[SR1] of more than 500,000 characters takes several rows, which are there together or not at all", () => {
    const stored = new MemoryRows();
    const rows = MortalRows.of(stored, () => undefined);
    const store = new MemoryReportStore(rows);
    store.keep([numbered(1, "kiwi", "1")]);
    // Three bytes a character: a row has 1.5 MB at most.
    const batch = Array.from({ length: 2500 }, (_, index) =>
      numbered(index + 2, `${"\uffff".repeat(200)}${index}`, "1"),
    );
    rows.failing = rows.commits + 1;
    expect(() => store.keep(batch)).toThrow("the commit failed");
    expect(scanAll(new MemoryReportStore(rows), 100)).toEqual([numbered(1, "kiwi", "1")]);
    store.transact(() => {
      store.keep(batch);
      store.writeIsDrained(true);
    });
    expect(rows.commits).toBe(2);
    const log = rows.readLog();
    expect(log.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const { reports } of log) expect(reports.length).toBeLessThanOrEqual(500_000);
    expect(log.slice(1).flatMap(({ reports }) => parseReports(reports))).toEqual(batch);
    const next = new MemoryReportStore(rows);
    expect(next.readIsDrained()).toBe(true);
    expect(next.scan(undefined, 5000).rows).toHaveLength(2501);
  });

  test("[SR1] has what servers know beside reports only where that changed, and the numbers always", () => {
    const store = new MemoryReportStore();
    const head = { epoch: "e", reservedSeq: 100, lastSeq: 0, clients: 0, alarmSeq: 0, starts: 1 };
    for (const { seq, report } of rowsOf(3))
      store.transact(() => {
        store.keep([{ seq, report }]);
        store.writeHead({ ...head, lastSeq: seq, clients: seq });
      });
    store.writeNeighbour("Parker", { epoch: "p", cursor: 1, failures: 0 });
    store.writeNeighbour("Parker", { epoch: "p", cursor: 1, failures: 0 });
    expect(store.rows.readLog().map(({ lastSeq, clients, facts }) => [lastSeq, clients, facts !== null])).toEqual([
      [1, 1, true],
      [2, 2, false],
      [3, 3, false],
      [3, 3, true],
      [3, 3, false],
    ]);
    expect(new MemoryReportStore(store.rows).readHead()).toEqual({ ...head, lastSeq: 3, clients: 3 });
  });

  test.each(["__proto__", "constructor", "10", "9", "", "é"])("[CU14] keeps a neighbour that is called %j", (name) => {
    const store = new MemoryReportStore();
    const neighbour = { epoch: "p", cursor: 1, failures: 2 };
    store.writeNeighbour(name, neighbour);
    store.keep([{ seq: 1, report: reportOf("kiwi", "1") }]);
    expect([...new MemoryReportStore(store.rows).readNeighbours()]).toEqual([[name, neighbour]]);
  });
});
