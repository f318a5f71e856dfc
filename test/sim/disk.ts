// The durable storage of one server, which can fail in each of the ways that storage does.
//
// A commit is seen by the server at once and is durable a little later; what leaves the server waits for that, as the
// output gate of a Durable Object makes it wait (RP7). A crash in between takes the commit away again. A commit can
// also fail, and the whole storage be lost.

import type { Report } from "../../src/core/protocol/report.ts";
import type {
  NumberedReport,
  ReportStore,
  ScanStep,
  StoredNeighbour,
  StoreHead,
} from "../../src/core/store/report-store.ts";
import { MemoryReportStore } from "../support/memory-report-store.ts";

/** One step of a commit, to be done again where it becomes durable. */
type Write = (store: MemoryReportStore) => void;

/** The end of a life that a commit of it failed: a fault of the run, not of the server. */
export class CommitFailed extends Error {}

export interface DiskWatch {
  /** A report is durable. */
  kept(report: Report): void;
  /** What is to be written of a batch: all of it, unless a test plants a fault here. */
  filter(batch: readonly NumberedReport[]): readonly NumberedReport[];
}

export class Disk implements ReportStore {
  readonly #watch: DiskWatch;
  #seen = new MemoryReportStore();
  #durable = new MemoryReportStore();
  /** What the present turn wrote. */
  #writes: Write[] = [];
  /** What earlier turns wrote, a turn an element, in order. */
  #unconfirmed: (readonly Write[])[] = [];
  #commits = 0;
  #failingCommit = Infinity;
  #isAlarmTaken = false;
  /** As they are billed: each row of a table, and each change of the alarm. */
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

  /** Makes the commit fail that comes after so many in one turn; Infinity for none. */
  failAfter(commits: number): void {
    this.#failingCommit = commits;
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

  /** The alarm rings: the platform takes it away with the writes of the turn that serves it, if that succeeds. */
  takeAlarm(): void {
    this.#isAlarmTaken = true;
    this.#seen.wakeAt(undefined);
  }

  /** Ends a turn. Answers whether it wrote something, which is durable once `confirm` was called for it. */
  endTurn(): boolean {
    if (this.#isAlarmTaken) this.#writes.unshift((store) => store.wakeAt(undefined));
    this.#isAlarmTaken = false;
    this.#commits = 0;
    if (this.#writes.length === 0) return false;
    this.#unconfirmed.push(this.#writes);
    this.#writes = [];
    return true;
  }

  /** Makes the first turn durable that is not yet. */
  confirm(): void {
    for (const write of this.#unconfirmed.shift() ?? []) write(this.#durable);
  }

  /** The present turn fails: what it committed before that is durable, and all earlier turns are. */
  confirmAll(): void {
    this.#isAlarmTaken = false;
    this.endTurn();
    while (this.#unconfirmed.length > 0) this.confirm();
  }

  /** A crash: what was not confirmed is gone. */
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

  keep(batch: readonly NumberedReport[]): { kept: ReadonlySet<number>; added: number } {
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

  #keepDurably(store: MemoryReportStore, batch: readonly NumberedReport[]): void {
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
