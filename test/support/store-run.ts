// A report store that is used at random and crashes at random commits, against a model: a map of the newest reports.
//
// The model changes when a commit is made, and is copied when one becomes the last durable one. What folding and moving write must
// not show at all, so the model knows nothing of them.

import * as fc from "fast-check";
import { expect } from "vitest";

import { isGreater, isLater } from "../../src/core/protocol/report.ts";
import { PagedReportStore, type PagedReportStoreOptions } from "../../src/core/storage/paged-report-store.ts";
import { clientOfRecord, findRecord, parseReports, splitRecords } from "../../src/core/storage/records.ts";
import type { Rows } from "../../src/core/storage/rows.ts";
import type { NumberedReport, ReportStore, StoredNeighbour, StoreHead } from "../../src/core/store/report-store.ts";
import { MemoryRows } from "./memory-rows.ts";
import { numbered, scanAll } from "./reports.ts";
import { MortalRows } from "./mortal-rows.ts";
import { FOR_EVER } from "./keepings.ts";

export const CLIENTS = [
  "a", "ab", "a\0", "\0", "\u00a0", "*", "Alford", "AT", "1", "é", "\ue000", "\uffff", "\u{10000}", "\u{1f411}",
  ...Array.from({ length: 10 }, (_, index) => `client-${index}`),
]; // prettier-ignore

type Operation =
  | {
      readonly type: "commit";
      readonly reports: readonly { readonly client: number; readonly time: number; readonly server: number }[];
      readonly isFlooded: boolean;
      readonly fact: "none" | "head" | "numbers" | "neighbour" | "forget" | "drained";
      readonly alarmMillis: number | undefined;
      /** It fails, by itself or because the storage refuses it. */
      readonly fails: "not" | "body" | "rows";
      /** In several calls outside of `transact`, which are a commit each. */
      readonly isLoose: boolean;
    }
  | { readonly type: "keep up"; readonly millis: number; readonly isRefused: boolean }
  | { readonly type: "erase"; readonly steps: number; readonly isRefused: boolean }
  | { readonly type: "scan"; readonly count: number }
  | { readonly type: "check" };

export interface Life {
  readonly operations: readonly Operation[];
  /** It crashes after this commit of its rows; what came later is lost. */
  readonly lastCommit: number;
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("commit" as const),
      reports: fc.array(
        fc.record({
          client: fc.nat(CLIENTS.length - 1),
          time: fc.integer({ min: 1, max: 9 }),
          server: fc.nat(1),
        }),
        { maxLength: 6 },
      ),
      isFlooded: fc.boolean(),
      fact: fc.constantFrom("none" as const, "none", "head", "numbers", "neighbour", "forget", "drained"),
      alarmMillis: fc.constantFrom(undefined, undefined, 5, 6),
      fails: fc.constantFrom("not" as const, "not", "not", "not", "body", "rows"),
      isLoose: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("keep up" as const),
      millis: fc.constantFrom(0, 1, 19, 20, 1000, 60_000),
      isRefused: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("erase" as const),
      steps: fc.integer({ min: 1, max: 12 }),
      isRefused: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("scan" as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("check" as const) }) },
);

export const lives: fc.Arbitrary<readonly Life[]> = fc.array(
  fc.record({
    operations: fc.array(operation, { minLength: 1, maxLength: 30 }),
    lastCommit: fc.integer({ min: 0, max: 60 }),
  }),
  { minLength: 1, maxLength: 4 },
);

export const smallSettings: fc.Arbitrary<PagedReportStoreOptions> = fc
  .record({
    logBytes: fc.constantFrom(200, 1000, 4000),
    logCommits: fc.constantFrom(2, 8, 30, 100),
    logIdleBytes: fc.constantFrom(0, 300),
    foldPages: fc.integer({ min: 1, max: 3 }),
    pageBytes: fc.integer({ min: 1, max: 300 }),
    scanReports: fc.integer({ min: 1, max: 5 }),
    storageBytes: fc.constantFrom(65_536, 1),
  })
  .map(({ scanReports, storageBytes, ...storage }) => ({
    storage: { ...storage, foldSeconds: 2, eraseSeconds: 3600 },
    peers: { idleSeconds: 1, scanReports },
    limits: { storageBytes },
  }));

/** What a store has to say. */
class Model {
  readonly reports: Map<string, NumberedReport>;
  readonly neighbours: Map<string, StoredNeighbour>;
  head: StoreHead | undefined;
  isDrained = false;
  alarmMillis: number | undefined;

  constructor(
    reports: Iterable<readonly [string, NumberedReport]>,
    neighbours: Iterable<[string, StoredNeighbour]> = [],
  ) {
    this.reports = new Map(reports);
    this.neighbours = new Map(neighbours);
  }

  copy(): Model {
    const copy = new Model(this.reports, this.neighbours);
    copy.head = this.head;
    copy.isDrained = this.isDrained;
    copy.alarmMillis = this.alarmMillis;
    return copy;
  }

  get inOrder(): NumberedReport[] {
    return [...this.reports.values()].toSorted((one, other) => byBytes(one.report.client, other.report.client));
  }
}

const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Runs these lives, one after the other, on storage that has these reports in a table of an earlier layout. */
export function runLives(
  all: readonly Life[],
  options: PagedReportStoreOptions,
  earlier: readonly NumberedReport[] = [],
) {
  let rows = new MemoryRows();
  if (earlier.length > 0) rows.bringEarlier(earlier);
  let model = new Model(earlier.map((one) => [one.report.client, one] as const));
  const run = new Run(options);
  let crashesWithin = 0;
  for (const life of all) {
    ({ rows, model } = run.live(life, rows, model));
    expectSame(new PagedReportStore(rows.copy(), options), rows, model);
    if (isWithinRound(rows)) crashesWithin++;
  }
  return { rows, model, crashesWithin };
}

class Run {
  readonly #options: PagedReportStoreOptions;
  #seq = 0;
  #millis = 0;
  #model = new Model([]);

  constructor(options: PagedReportStoreOptions) {
    this.#options = options;
  }

  /** Returns what was durable when it crashed. */
  live({ operations, lastCommit }: Life, found: MemoryRows, model: Model): { rows: MemoryRows; model: Model } {
    this.#model = model.copy();
    let left = lastCommit === 0 ? { rows: found.copy(), model: model.copy() } : undefined;
    const rows = MortalRows.of(found, (commit) => {
      if (commit === lastCommit) left = { rows: rows.copy(), model: this.#model.copy() };
    });
    const store = new PagedReportStore(rows, this.#options);
    const scan = new ScanUnderWay(store);
    // The steady clock of a new life begins anew.
    this.#millis = 0;
    for (const one of operations) this.#take(one, store, rows, scan);
    expectSame(store, rows, this.#model);
    return left ?? { rows: rows.copy(), model: this.#model };
  }

  #take(one: Operation, store: PagedReportStore, rows: MortalRows, scan: ScanUnderWay): void {
    switch (one.type) {
      case "commit":
        return this.#commit(one, store, rows);
      case "keep up": {
        this.#millis += one.millis;
        if (one.isRefused) rows.failing = rows.commits + 1;
        try {
          store.keepUp(this.#millis);
        } catch (error) {
          expect(error).toMatchObject({ message: "the commit failed" });
        }
        rows.failing = 0;
        return;
      }
      case "erase":
        return this.#erase(one, store, rows);
      case "scan":
        return scan.step(one.count, this.#model);
      case "check":
        return expectSame(store, rows, this.#model);
    }
  }

  /** A pass of erasing, or a part of one. Nothing is past keeping: what it leaves is what there was. */
  #erase(one: Extract<Operation, { type: "erase" }>, store: PagedReportStore, rows: MortalRows): void {
    if (one.isRefused) rows.failing = rows.commits + 1;
    try {
      if (!store.isErasing) store.eraseBy(0);
      for (let step = 0; step < one.steps; step++) {
        this.#millis += 20;
        store.keepUp(this.#millis);
        store.erase({ nowMillis: 1, steadyMillis: this.#millis }, FOR_EVER);
      }
    } catch (error) {
      expect(error).toMatchObject({ message: "the commit failed" });
    }
    rows.failing = 0;
  }

  #commit(one: Extract<Operation, { type: "commit" }>, store: PagedReportStore, rows: MortalRows): void {
    const before = this.#model;
    const offered = new Map(one.reports.map((report) => [report.client, report]));
    const batch = Array.from(offered.values(), ({ client, time, server }) => ({
      ...numbered(++this.#seq, CLIENTS[client] ?? "", String(time), server === 0 ? "Alford" : "\u{1f411}"),
      isFlooded: one.isFlooded,
    }));
    const steps: (() => void)[] = [];
    const passes = one.isFlooded ? isGreater : isLater;
    const next = before.copy();
    const kept = batch.filter(({ report }) => passes(report, before.reports.get(report.client)?.report));
    const added = kept.filter(({ report }) => !before.reports.has(report.client));
    for (const { seq, report } of kept) next.reports.set(report.client, { seq, report });
    const expected = { kept: seqs(kept), added: seqs(added) };
    steps.push(() => expect(store.keep(batch)).toEqual(expected));
    if (one.fact !== "none") steps.push(() => changeFact(store, one.fact, this.#seq));
    if (one.alarmMillis !== undefined) steps.push(() => store.wakeAt(one.alarmMillis));
    changeModel(next, one.fact, this.#seq);
    if (one.alarmMillis !== undefined) next.alarmMillis = one.alarmMillis;
    if (one.isLoose) return this.#commitLoosely(steps, next, store);
    this.#model = next;
    const run = () =>
      store.transact(() => [...steps, ...(one.fails === "body" ? [fail] : [])].forEach((step) => step()));
    const commits = rows.commits;
    // A commit of one row is none that `transact` of the rows runs; only such a one is refused here.
    rows.failing = one.fails === "rows" ? commits + 1 : 0;
    try {
      run();
      expect(rows.commits - commits).toBeLessThanOrEqual(1);
    } catch (error) {
      if (one.fails === "not" || !(error instanceof Error) || !error.message.endsWith("failed")) throw error;
      expect(rows.commits).toBe(commits);
      this.#model = before;
    }
    rows.failing = 0;
  }

  /** Each step is a commit of its own. */
  #commitLoosely(steps: readonly (() => void)[], next: Model, store: PagedReportStore): void {
    // Only the last step has to show: reports first, then a fact, then the alarm.
    const [keep, ...others] = steps;
    const withReports = this.#model.copy();
    for (const [client, report] of next.reports) withReports.reports.set(client, report);
    this.#model = withReports;
    keep?.();
    for (const step of others) {
      const after = this.#model.copy();
      if (step === others.at(-1)) Object.assign(after, next.copy());
      else {
        const { alarmMillis } = after;
        Object.assign(after, next.copy(), { alarmMillis });
      }
      this.#model = after;
      step();
    }
    expectSame(store, undefined, this.#model);
  }
}

function changeFact(store: ReportStore, fact: string, value: number): void {
  if (fact === "head") store.writeHead(headOf(value));
  if (fact === "numbers") store.writeHead({ ...headOf(0), lastSeq: value, clients: value });
  if (fact === "neighbour") store.writeNeighbour(`server-${value % 3}`, { epoch: "e", cursor: value, failures: 0 });
  if (fact === "forget") store.forgetNeighbour(`server-${value % 3}`);
  if (fact === "drained") store.writeIsDrained(value % 2 === 0);
}

function changeModel(model: Model, fact: string, value: number): void {
  if (fact === "head") model.head = headOf(value);
  if (fact === "numbers") model.head = { ...headOf(0), lastSeq: value, clients: value };
  if (fact === "neighbour") model.neighbours.set(`server-${value % 3}`, { epoch: "e", cursor: value, failures: 0 });
  if (fact === "forget") model.neighbours.delete(`server-${value % 3}`);
  if (fact === "drained") model.isDrained = value % 2 === 0;
}

function headOf(value: number): StoreHead {
  return { epoch: `e${value}`, reservedSeq: value, lastSeq: value, clients: value, alarmSeq: value, starts: value };
}

/** A scan in steps, with everything else going on between them. */
class ScanUnderWay {
  readonly #store: ReportStore;
  #seen: NumberedReport[] = [];
  /** What there was when it began. */
  #due: Map<string, NumberedReport> | undefined;

  constructor(store: ReportStore) {
    this.#store = store;
  }

  step(count: number, model: Model): void {
    this.#due ??= new Map(model.reports);
    const { rows, isLast } = this.#store.scan(this.#seen.at(-1)?.report.client, count);
    for (const one of rows) expect(one).toEqual(model.reports.get(one.report.client));
    this.#seen.push(...rows);
    if (!isLast) return;
    const clients = this.#seen.map(({ report }) => report.client);
    expect(clients).toEqual([...new Set(clients)].toSorted(byBytes));
    for (const client of this.#due.keys()) expect(clients).toContain(client);
    this.#due = undefined;
    this.#seen = [];
  }
}

function expectSame(store: PagedReportStore, rows: MemoryRows | undefined, model: Model): void {
  for (const client of CLIENTS) expect(store.read(client)).toEqual(model.reports.get(client)?.report);
  for (const count of [1, 3, 1000]) expect(scanAll(store, count)).toEqual(model.inOrder);
  expect(store.readHead()).toEqual(model.head);
  expect(store.readNeighbours()).toEqual(model.neighbours);
  expect(store.readIsDrained()).toBe(model.isDrained);
  if (rows === undefined) return;
  expect(rows.alarmAtMillis).toBe(model.alarmMillis);
  pagesOf(rows);
}

/** Whether pages have a report that the log has too: the next life folds it again. */
function isWithinRound(rows: Rows): boolean {
  return rows
    .readLog()
    .flatMap(({ reports }) => parseReports(reports))
    .some(({ seq, report: { client } }) => findRecord(rows.pageOf(client)?.records ?? "", client)?.seq === seq);
}

/** The clients of each page; each page is as SR3 says. */
export function pagesOf(rows: Rows): string[][] {
  const pages: string[][] = [];
  const firstPage = rows.pageOf("");
  for (let first = firstPage && ""; first !== undefined; first = rows.firstAbove(first)) {
    const page = rows.pageOf(first);
    expect(page?.first).toBe(first);
    const clients = splitRecords(page?.records ?? "").map(clientOfRecord);
    expect(clients).toEqual([...new Set(clients)].toSorted(byBytes));
    const end = rows.firstAbove(first);
    for (const client of clients) {
      expect(byBytes(client, first)).toBeGreaterThanOrEqual(0);
      if (end !== undefined) expect(byBytes(client, end)).toBeLessThan(0);
    }
    pages.push(clients);
  }
  return pages;
}

/** No page is longer than allowed, unless it has one client only. */
export function expectCut(rows: Rows, pageBytes: number): void {
  for (const clients of pagesOf(rows)) {
    const length = rows.pageOf(clients[0] ?? "")?.records.length ?? 0;
    if (clients.length > 1) expect(length).toBeLessThanOrEqual(pageBytes);
  }
}

function seqs(reports: readonly NumberedReport[]): Set<number> {
  return new Set(reports.map(({ seq }) => seq));
}

function fail(): never {
  throw new Error("the body failed");
}
