// The durable storage of one server, with all the ways in which storage can fail.
//
// The server sees a commit at once; it is durable a little later. Messages wait for that before they leave the server, as they
// wait at the output gate of a Durable Object (RP7). A crash before that undoes the commit. A commit can also fail, and the
// whole storage can be lost.

import type { Report } from "../../src/core/protocol/report.ts";
import type {
  OfferedReport,
  ReportStore,
  ScanStep,
  StoredNeighbour,
  StoreHead,
} from "../../src/core/store/report-store.ts";
import { MemoryReportStore } from "../support/memory-report-store.ts";

/** One step of a commit. It is repeated on the durable copy. */
type Write = (store: MemoryReportStore) => void;

/** Thrown when a commit fails because the run says so. It ends the incarnation and is not a fault of the server. */
export class CommitFailed extends Error {}

export interface DiskWatch {
  /** Called when a report is durable. */
  kept(report: Report): void;
  /** The part of a batch that is written: all of it, unless a test plants a fault here. */
  filter(batch: readonly OfferedReport[]): readonly OfferedReport[];
}

export class Disk implements ReportStore {
  readonly #watch: DiskWatch;
  #seen = new MemoryReportStore();
  #durable = new MemoryReportStore();
  /** The writes of the present turn. */
  #writes: Write[] = [];
  /** The writes of earlier turns, in order, one element for each turn. */
  #unconfirmed: (readonly Write[])[] = [];
  #commits = 0;
  #failingCommit = Infinity;
  #isAlarmTaken = false;
  /** It refuses every commit, which ends the incarnation without a word: a full disk is noticed after the turn. */
  isFull = false;
  /** Whether a commit was refused since one worked, as far as this is remembered. */
  isKnownToRefuse = false;
  /** Commits that it refused. */
  refusals = 0;
  /** Rows as they are billed: each row of a table, and each change of the alarm. */
  rowsWritten = 0;

  constructor(watch: DiskWatch) {
    this.#watch = watch;
  }

  /** The alarm that the server sees, POSIX milliseconds. */
  get alarmAtMillis(): number | undefined {
    return this.#seen.alarmAtMillis;
  }

  get durable(): MemoryReportStore {
    return this.#durable;
  }

  /** The commit after so many commits in one turn fails; Infinity for none. */
  failAfter(commits: number): void {
    this.#failingCommit = commits;
  }

  sizeBytes(): number {
    return this.#seen.sizeBytes();
  }

  transact(body: () => void): void {
    const before = this.#writes.length;
    try {
      this.#seen.transact(() => {
        body();
        if (this.#commits++ === this.#failingCommit) throw new CommitFailed("the commit failed");
      });
    } catch (error) {
      this.#writes.length = before;
      throw error;
    }
  }

  /** The alarm rings. The platform removes it together with the writes of the turn that serves it, if that succeeds. */
  takeAlarm(): void {
    this.#isAlarmTaken = true;
    this.#seen.wakeAt(undefined);
  }

  /** Whether it refuses the commits of the present turn. Nothing of the turn is kept then. */
  refuses(): boolean {
    if (!this.isFull || (this.#writes.length === 0 && !this.#isAlarmTaken)) return false;
    this.#writes = [];
    this.#isAlarmTaken = false;
    this.isKnownToRefuse = true;
    this.refusals++;
    return true;
  }

  /** Ends a turn. Answers whether it wrote anything. Its writes are durable after `confirm` was called for them. */
  endTurn(): boolean {
    if (this.#isAlarmTaken) this.#writes.unshift((store) => store.wakeAt(undefined));
    this.#isAlarmTaken = false;
    this.#commits = 0;
    if (this.#writes.length === 0) return false;
    this.#unconfirmed.push(this.#writes);
    this.#writes = [];
    return true;
  }

  /** Makes the first turn durable that is not durable yet. */
  confirm(): void {
    this.isKnownToRefuse = false;
    for (const write of this.#unconfirmed.shift() ?? []) write(this.#durable);
  }

  /** The present turn fails. Its earlier commits become durable, and so do all earlier turns. */
  confirmAll(): void {
    this.#isAlarmTaken = false;
    this.endTurn();
    while (this.#unconfirmed.length > 0) this.confirm();
  }

  /** A crash: unconfirmed writes are gone. */
  revert(): void {
    this.#commits = 0;
    this.#failingCommit = Infinity;
    this.#isAlarmTaken = false;
    this.#writes = [];
    this.#unconfirmed = [];
    this.#seen = copyOf(this.#durable);
  }

  loseAll(): void {
    this.#durable = new MemoryReportStore();
    this.revert();
  }

  read(client: string): Report | undefined {
    return this.#seen.read(client);
  }

  keep(batch: readonly OfferedReport[]): { kept: ReadonlySet<number>; added: ReadonlySet<number> } {
    const written = this.#watch.filter(batch);
    this.#writes.push((store) => this.#keepDurably(store, written));
    const { kept, added } = this.#seen.keep(written);
    this.rowsWritten += kept.size;
    const dropped = batch.filter((numbered) => !written.includes(numbered));
    return { kept: new Set([...kept, ...dropped.map(({ seq }) => seq)]), added };
  }

  scan(afterClient: string | undefined, count: number): ScanStep {
    return this.#seen.scan(afterClient, count);
  }

  readHead(): StoreHead | undefined {
    return this.#seen.readHead();
  }

  writeHead(head: StoreHead): void {
    this.#write((store) => store.writeHead(head));
  }

  readNeighbours(): Map<string, StoredNeighbour> {
    return this.#seen.readNeighbours();
  }

  writeNeighbour(name: string, neighbour: StoredNeighbour): void {
    this.#write((store) => store.writeNeighbour(name, neighbour));
  }

  forgetNeighbour(name: string): void {
    this.#write((store) => store.forgetNeighbour(name));
  }

  readIsDrained(): boolean {
    return this.#seen.readIsDrained();
  }

  writeIsDrained(isDrained: boolean): void {
    this.#write((store) => store.writeIsDrained(isDrained));
  }

  wakeAt(millis: number | undefined): void {
    this.#write((store) => store.wakeAt(millis));
  }

  #write(write: Write): void {
    this.rowsWritten++;
    write(this.#seen);
    this.#writes.push(write);
  }

  #keepDurably(store: MemoryReportStore, batch: readonly OfferedReport[]): void {
    for (const numbered of batch) if (store.keep([numbered]).kept.size > 0) this.#watch.kept(numbered.report);
  }
}

function copyOf(store: MemoryReportStore): MemoryReportStore {
  const copy = new MemoryReportStore();
  copy.keep(store.scan(undefined, Infinity).rows);
  const head = store.readHead();
  if (head !== undefined) copy.writeHead(head);
  for (const [name, neighbour] of store.readNeighbours()) copy.writeNeighbour(name, neighbour);
  copy.writeIsDrained(store.readIsDrained());
  copy.wakeAt(store.alarmAtMillis);
  return copy;
}
