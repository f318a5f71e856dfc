// The report store: a log of commits, and a table in pages into which it is folded.
//
// A commit is one row, whatever it takes: that is what the storage is paid by. A page has many clients, and is written once for all that
// the log has of them. Reads see the log's reports, which are in memory, before the pages. Nothing here is of a
// platform: the database is a port of a few calls. Keeps RP6, RP7, RP11, CU1, CU7, CU14, HD25 and ST12 to ST16.

import type { HerdConfig } from "../config/herd-config.ts";
import { compareUtf8 } from "../lib/utf8.ts";
import type { Keeping } from "../protocol/keeping.ts";
import { isGreater, isLater, type Report } from "../protocol/report.ts";
import type { Held } from "../store/held.ts";
import type {
  ErasedStep,
  NumberedReport,
  OfferedReport,
  ReportStore,
  ScanStep,
  StoredKeeping,
  StoredNeighbour,
  StoreHead,
  Times,
} from "../store/report-store.ts";
import { CommitLog } from "./commit-log.ts";
import { Erasing } from "./erasing.ts";
import { formatFacts, NO_FACTS, parseFacts, type Facts } from "./facts.ts";
import { Folding } from "./folding.ts";
import { HeldClient, HeldClients } from "./held-clients.ts";
import { Moving } from "./moving.ts";
import { PageLookup } from "./page-lookup.ts";
import { findRecord, formatReport, parseRecord, parseReports, splitRecords, clientOfRecord } from "./records.ts";
import type { PageRow, Rows } from "./rows.ts";
import { Unfolded } from "./unfolded.ts";

/** Characters of reports in one row at most: they take three bytes each at most, and a row may have 2 MB. */
const ROW_CHARACTERS_MAX = 500_000;

/** With ids of 40 characters, they take 7 MB at least and 14 MB at most. */
const RECENT_REPORTS = 16_384;

const NOTHING = (): void => undefined;

/** What a commit under way has gathered. */
interface OpenCommit {
  /** The clients whose report it changes, with what was known before. */
  readonly before: Map<HeldClient, Pick<HeldClient, "numbered" | "isUnfolded">>;
  /** It is a row, even without reports. */
  isAsked: boolean;
  /** What the alarm is set to, last; `undefined` if it is left alone. */
  alarm: { readonly atMillis: number | undefined } | undefined;
}

/** What the store knows beside reports. */
interface Known {
  readonly facts: Facts;
  readonly lastSeq: number;
  readonly clients: number;
}

export interface PagedReportStoreOptions {
  readonly storage: HerdConfig["storage"];
  readonly peers: Pick<HerdConfig["peers"], "idleSeconds" | "scanReports">;
  readonly limits: Pick<HerdConfig["limits"], "storageBytes">;
}

export class PagedReportStore implements ReportStore {
  readonly #rows: Rows;
  readonly #log: CommitLog;
  readonly #pages: PageLookup;
  readonly #held = new HeldClients(RECENT_REPORTS);
  readonly #unfolded = new Unfolded(this.#held);
  readonly #folding: Folding;
  readonly #moving: Moving;
  readonly #erasing: Erasing;
  #known: Known = { facts: NO_FACTS, lastSeq: 0, clients: 0 };
  /** The facts as the log has them. */
  #storedFacts: Facts = NO_FACTS;
  #commit: OpenCommit | undefined;
  #hasCommitted = false;

  /** Reads the log, and nothing of the pages. */
  constructor(rows: Rows, { storage, peers, limits }: PagedReportStoreOptions) {
    this.#rows = rows;
    this.#pages = new PageLookup(rows);
    const commits = rows.readLog();
    this.#log = new CommitLog(rows, commits);
    for (const { facts, lastSeq, clients, reports } of commits) {
      if (facts !== null) this.#storedFacts = parseFacts(facts);
      this.#known = { facts: this.#storedFacts, lastSeq, clients };
      for (const numbered of parseReports(reports)) this.#readBack(numbered);
    }
    this.#hasCommitted = commits.length > 0;
    this.#folding = new Folding({
      rows,
      log: this.#log,
      unfolded: this.#unfolded,
      storage,
      idleSeconds: peers.idleSeconds,
      mark: (folded) => this.#mark(folded),
    });
    this.#moving = new Moving({ rows, storage, stepReports: peers.scanReports, roomBytes: limits.storageBytes / 2 });
    this.#erasing = new Erasing({
      rows,
      folding: this.#folding,
      held: this.#held,
      storage,
      note: (change) => this.#noteErased(change),
    });
  }

  get isMoving(): boolean {
    return this.#rows.earlier !== undefined;
  }

  sizeBytes(): number {
    return this.#rows.sizeBytes();
  }

  transact(body: () => void): void {
    if (this.#commit !== undefined) throw new Error("Cannot begin a commit within another one");
    const commit: OpenCommit = { before: new Map(), isAsked: false, alarm: undefined };
    const before = this.#known;
    let written = NOTHING;
    this.#commit = commit;
    try {
      body();
      written = this.#write(commit);
    } catch (error) {
      this.#known = before;
      for (const [held, { numbered, isUnfolded }] of commit.before) {
        held.numbered = numbered;
        held.isUnfolded = isUnfolded;
      }
      throw error;
    } finally {
      this.#commit = undefined;
    }
    written();
  }

  read(client: string): Report | undefined {
    return this.find(client).report;
  }

  find(client: string): HeldClient {
    return this.#held.get(client) ?? this.#held.add(client, this.#readStored(client));
  }

  keep(batch: readonly OfferedReport[]): { kept: Set<number>; added: Set<number> } {
    const kept = new Set<number>();
    const added = new Set<number>();
    this.#within(({ before }) => {
      for (const { seq, report, held: found, isAnew = false, isFlooded = false } of batch) {
        const held = this.#current(report.client, found);
        const passes = isFlooded ? isGreater : isLater;
        if (!isAnew && !passes(report, held.report)) continue;
        kept.add(seq);
        if (held.numbered === undefined) added.add(seq);
        if (!before.has(held)) before.set(held, { numbered: held.numbered, isUnfolded: held.isUnfolded });
        held.numbered = { seq, report };
        held.isUnfolded = true;
      }
    });
    return { kept, added };
  }

  scan(afterClient: string | undefined, count: number): ScanStep {
    const rows: NumberedReport[] = [];
    for (const numbered of this.#above(afterClient ?? "")) {
      if (rows.length >= count) break;
      rows.push(numbered);
    }
    return { rows, isLast: rows.length < count };
  }

  readHead(): StoreHead | undefined {
    const { facts, lastSeq, clients } = this.#known;
    return facts.head && { ...facts.head, lastSeq, clients };
  }

  writeHead({ lastSeq, clients, ...head }: StoreHead): void {
    this.#within(() => {
      const { facts } = this.#known;
      this.#known = { facts: isSameHead(facts.head, head) ? facts : { ...facts, head }, lastSeq, clients };
    }, true);
  }

  readNeighbours(): Map<string, StoredNeighbour> {
    return new Map(this.#known.facts.neighbours);
  }

  writeNeighbour(name: string, neighbour: StoredNeighbour): void {
    this.#changeFacts(({ neighbours }) => ({ neighbours: new Map([...neighbours, [name, neighbour]]) }));
  }

  forgetNeighbour(name: string): void {
    this.#changeFacts(({ neighbours }) => ({
      neighbours: new Map([...neighbours].filter(([known]) => known !== name)),
    }));
  }

  readIsDrained(): boolean {
    return this.#known.facts.isDrained;
  }

  writeIsDrained(isDrained: boolean): void {
    this.#changeFacts(() => ({ isDrained }));
  }

  readKeeping(): StoredKeeping | undefined {
    return this.#known.facts.keeping;
  }

  writeKeeping(keeping: StoredKeeping): void {
    this.#changeFacts(() => ({ keeping }));
  }

  wakeAt(millis: number | undefined): void {
    this.#within((commit) => {
      commit.alarm = { atMillis: millis };
    });
  }

  get nextUpkeepMillis(): number {
    return Math.min(this.#folding.nextMillis, this.#moving.nextMillis, this.#erasing.nextMillis);
  }

  keepUp(steadyMillis: number): void {
    if (this.#hasCommitted) this.#folding.committed(steadyMillis);
    this.#hasCommitted = false;
    this.#folding.step(steadyMillis);
    this.#moving.step(steadyMillis);
    this.#pages.forget();
  }

  get eraseMillis(): number {
    return this.#known.facts.eraseMillis ?? Infinity;
  }

  get isErasing(): boolean {
    return this.#erasing.isUnderWay;
  }

  eraseBy(millis: number): void {
    this.#erasing.noteDue(millis);
    // A pass that is under way says when it has ended what is due next.
    if (millis < this.eraseMillis && !this.isErasing) this.#changeFacts(() => ({ eraseMillis: millis }));
  }

  erase(times: Times, keeping: Keeping): ErasedStep | undefined {
    // What an earlier layout has is brought to this one first.
    if (!this.isErasing && (this.isMoving || this.eraseMillis > times.nowMillis)) return undefined;
    if (!this.isErasing) this.#erasing.begin(times);
    const step = this.#erasing.step(times, keeping);
    if (step !== undefined) this.#pages.forget();
    return step;
  }

  /** Runs in the commit under way, or else as a commit of its own. */
  #within(body: (commit: OpenCommit) => void, isAsked = false): void {
    const commit = this.#commit;
    if (commit === undefined) return this.transact(() => this.#within(body, isAsked));
    commit.isAsked ||= isAsked;
    body(commit);
  }

  #changeFacts(change: (facts: Facts) => Partial<Facts>): void {
    this.#within(() => {
      const { facts } = this.#known;
      this.#known = { ...this.#known, facts: { ...facts, ...change(facts) } };
    }, true);
  }

  /** A report of the log, at the start: a later one of its client comes behind it. */
  #readBack(numbered: NumberedReport): void {
    const { client } = numbered.report;
    const held = this.#held.get(client) ?? this.#held.add(client, undefined);
    held.numbered = numbered;
    if (!held.isUnfolded) this.#unfolded.addFound(held);
  }

  #current(client: string, found: Held | undefined): HeldClient {
    return found instanceof HeldClient ? this.#held.current(found) : this.find(client);
  }

  /** What the pages have of a client, or an earlier layout. */
  #readStored(client: string): NumberedReport | undefined {
    return findRecord(this.#pages.recordsOf(client), client) ?? this.#moving.read(client);
  }

  /** Writes the commit. Returns what has to be done when that has succeeded. */
  #write({ before, isAsked, alarm }: OpenCommit): () => void {
    const rows = this.#rows;
    if (!isAsked && before.size === 0) {
      if (alarm !== undefined) rows.wakeAt(alarm.atMillis);
      return NOTHING;
    }
    const { facts, lastSeq, clients } = this.#known;
    const texts = rowTexts(before.keys());
    const changed = isSame(facts, this.#storedFacts) ? null : formatFacts(facts);
    let appended = NOTHING;
    const append = () => {
      appended = this.#log.append(
        texts.map((text, index) => ({ lastSeq, clients, facts: index === 0 ? changed : null, reports: text })),
      );
      if (alarm !== undefined) rows.wakeAt(alarm.atMillis);
    };
    // A single row needs no transaction, which costs as much as half of it.
    if (texts.length === 1 && alarm === undefined) append();
    else rows.transact(append);
    return () => {
      appended();
      this.#storedFacts = facts;
      this.#hasCommitted = true;
      for (const [held, { isUnfolded }] of before) {
        if (isUnfolded) continue;
        this.#unfolded.add(held);
        this.#folding.added(held.client);
      }
    };
  }

  #mark(folded: number): () => void {
    const { lastSeq, clients } = this.#known;
    return this.#log.append([{ lastSeq, clients, facts: formatFacts(this.#storedFacts), reports: "" }], folded);
  }

  #noteErased({
    clients: erased,
    eraseMillis,
  }: {
    readonly clients: number;
    readonly eraseMillis?: number;
  }): () => void {
    const { facts, lastSeq, clients } = this.#known;
    const changed =
      eraseMillis === undefined
        ? undefined
        : { ...facts, eraseMillis: Number.isFinite(eraseMillis) ? eraseMillis : undefined };
    const known = { facts: changed ?? facts, lastSeq, clients: clients - erased };
    const appended = this.#log.append([
      { lastSeq, clients: known.clients, facts: changed === undefined ? null : formatFacts(changed), reports: "" },
    ]);
    return () => {
      appended();
      this.#known = known;
      if (changed !== undefined) this.#storedFacts = changed;
    };
  }

  /** All reports of the clients above this one, in order. */
  *#above(client: string): Generator<NumberedReport, void> {
    const ofPages = this.#inPagesAbove(client);
    const ofLog = this.#unfolded.above(client);
    const ofEarlier = this.#notMovedAbove(client);
    // Of a client that several have, the first of them has the newest.
    const sources = [ofLog, ofPages, ofEarlier].map((reports) => ({ reports, next: reports.next().value }));
    for (;;) {
      let least: NumberedReport | undefined;
      for (const { next } of sources)
        if (next !== undefined && (least === undefined || compareUtf8(next.report.client, least.report.client) < 0))
          least = next;
      if (least === undefined) return;
      yield least;
      for (const source of sources)
        if (source.next?.report.client === least.report.client) source.next = source.reports.next().value;
    }
  }

  *#inPagesAbove(client: string): Generator<NumberedReport, void> {
    let page: PageRow | undefined = this.#rows.pageOf(client);
    if (page !== undefined)
      for (const record of splitRecords(page.records))
        if (compareUtf8(clientOfRecord(record), client) > 0) yield parseRecord(record.slice(0, -1));
    for (let first = this.#rows.firstAbove(client); first !== undefined; first = this.#rows.firstAbove(first)) {
      page = this.#rows.pageOf(first);
      for (const record of splitRecords(page?.records ?? "")) yield parseRecord(record.slice(0, -1));
    }
  }

  *#notMovedAbove(client: string): Generator<NumberedReport, void> {
    const COUNT = 128;
    for (let after: string | undefined = client; after !== undefined;) {
      const found: NumberedReport[] = this.#moving.above(after, COUNT);
      yield* found;
      after = found.length < COUNT ? undefined : found.at(-1)?.report.client;
    }
  }
}

/** The texts of the rows that hold these reports: one, or more if that would be too long. */
function rowTexts(changed: Iterable<HeldClient>): string[] {
  const texts: string[] = [];
  let text = "";
  for (const { numbered } of changed) {
    if (numbered === undefined) continue;
    const line = formatReport(numbered);
    if (text.length + line.length > ROW_CHARACTERS_MAX) {
      texts.push(text);
      text = "";
    }
    text += line;
  }
  return [...texts, text];
}

function isSameHead(one: Facts["head"], other: NonNullable<Facts["head"]>): boolean {
  const { epoch, reservedSeq, alarmSeq, starts } = other;
  return one?.epoch === epoch && one.reservedSeq === reservedSeq && one.alarmSeq === alarmSeq && one.starts === starts;
}

function isSame(one: Facts, other: Facts): boolean {
  return one === other || formatFacts(one) === formatFacts(other);
}
