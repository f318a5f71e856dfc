// The durable storage of one server, with all the ways in which storage can fail.
//
// The server sees a commit at once; it is durable a little later. Messages wait for that before they leave the server, as they
// wait at the output gate of a Durable Object (RP7). A crash before that undoes the commit. A commit can also fail, and the
// whole storage can be lost.

import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import type { Report } from "../../src/core/protocol/report.ts";
import { PagedReportStore } from "../../src/core/storage/paged-report-store.ts";
import { parseReports } from "../../src/core/storage/records.ts";
import type { CommitRow, EarlierTable, PageRow, Renewal, Rows } from "../../src/core/storage/rows.ts";
import type { OfferedReport } from "../../src/core/store/report-store.ts";
import { MemoryRows } from "../support/memory-rows.ts";

/** One step of a commit. It is repeated on the durable copy. */
type Write = (rows: MemoryRows) => void;

interface UnconfirmedTurn {
  readonly commits: readonly (readonly Write[])[];
  /** It served the alarm, which the platform removes when all of the turn is durable. */
  readonly servesAlarm: boolean;
}

/** Thrown when a commit fails because the run says so. It ends the incarnation and is not a fault of the server. */
export class CommitFailed extends Error {}

export interface DiskWatch {
  /** Called when a report is durable. */
  kept(report: Report): void;
  /** The part of a batch that is written: all of it, unless a test plants a fault here. */
  filter(batch: readonly OfferedReport[]): readonly OfferedReport[];
}

export class Disk implements Rows {
  readonly #watch: DiskWatch;
  readonly #config: HerdConfig;
  #seen = new MemoryRows();
  #durable = new MemoryRows();
  /** The commits of the present turn. */
  #writes: Write[][] = [];
  /** Earlier turns, in order. */
  #unconfirmed: UnconfirmedTurn[] = [];
  #crashes = 0;
  #commits = 0;
  #isTransacting = false;
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
  /** Rows of the log among them: one for each commit that has not very much, and for each end of a folding. */
  commitRows = 0;

  constructor(watch: DiskWatch, config: HerdConfig) {
    this.#watch = watch;
    this.#config = config;
  }

  /** What an incarnation works with: its memory is new, its rows are these. */
  open(): PagedReportStore {
    return new WatchedStore(this, this.#config, this.#watch);
  }

  /** What is stored, as a server that started now would see it. */
  get stored(): PagedReportStore {
    return new PagedReportStore(this.#seen, this.#config);
  }

  /** What is durable, as a server that started after a crash would see it. */
  get durable(): PagedReportStore {
    return new PagedReportStore(this.#durable, this.#config);
  }

  /** All that is durable of reports, be it read again or not. */
  get texts(): readonly string[] {
    return this.#durable.texts;
  }

  /** The rows of a store that an earlier version has left. */
  bring(rows: MemoryRows): void {
    this.#durable = rows;
    this.revert();
  }

  /** The alarm that is durable, POSIX milliseconds. */
  get durableAlarmMillis(): number | undefined {
    return this.#durable.alarmAtMillis;
  }

  /** The alarm that the server sees, POSIX milliseconds. */
  get alarmAtMillis(): number | undefined {
    return this.#seen.alarmAtMillis;
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
    this.#writes.push([]);
    this.#isTransacting = true;
    try {
      this.#seen.transact(() => {
        body();
        if (this.#commits++ === this.#failingCommit) throw new CommitFailed("the commit failed");
      });
    } catch (error) {
      this.#writes.length = before;
      throw error;
    } finally {
      this.#isTransacting = false;
    }
    if (this.#writes.at(-1)?.length === 0) this.#writes.pop();
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
    const turn = { commits: this.#writes, servesAlarm: this.#isAlarmTaken };
    this.#isAlarmTaken = false;
    this.#commits = 0;
    this.#writes = [];
    if (turn.commits.length === 0 && !turn.servesAlarm) return false;
    this.#unconfirmed.push(turn);
    return true;
  }

  /** Makes the first turn durable that is not durable yet. */
  confirm(): void {
    this.isKnownToRefuse = false;
    const turn = this.#unconfirmed.shift();
    if (turn?.servesAlarm === true) this.#durable.wakeAt(undefined);
    for (const commit of turn?.commits ?? []) this.#makeDurable(commit);
  }

  /** The present turn fails. Its earlier commits become durable, and so do all earlier turns. */
  confirmAll(): void {
    this.#isAlarmTaken = false;
    this.endTurn();
    while (this.#unconfirmed.length > 0) this.confirm();
  }

  /** A crash: unconfirmed commits are gone, or all but the first ones. */
  crash(): void {
    let commits = this.#crashes++ % (1 + this.#unconfirmed.reduce((sum, turn) => sum + turn.commits.length, 0));
    while (commits > 0) {
      const whole = this.#unconfirmed[0]?.commits ?? [];
      if (whole.length <= commits) this.confirm();
      else for (const commit of whole.slice(0, commits)) this.#makeDurable(commit);
      commits -= whole.length;
    }
    this.revert();
  }

  /** Unconfirmed commits are gone. */
  revert(): void {
    this.#commits = 0;
    this.#failingCommit = Infinity;
    this.#isAlarmTaken = false;
    this.#writes = [];
    this.#unconfirmed = [];
    this.#seen = this.#durable.copy();
  }

  loseAll(): void {
    this.#durable = new MemoryRows();
    this.revert();
  }

  readLog(): CommitRow[] {
    return this.#seen.readLog();
  }

  putCommit(row: CommitRow): void {
    this.commitRows++;
    this.#write((rows) => {
      rows.putCommit(row);
      if (rows === this.#durable) for (const { report } of parseReports(row.reports)) this.#watch.kept(report);
    });
  }

  pageOf(client: string): PageRow | undefined {
    return this.#seen.pageOf(client);
  }

  firstAbove(client: string): string | undefined {
    return this.#seen.firstAbove(client);
  }

  putPage(page: PageRow): void {
    this.#write((rows) => rows.putPage(page));
  }

  get renewal(): Renewal | undefined {
    return this.#seen.renewal;
  }

  beginRenewal(): void {
    this.#write((rows) => rows.beginRenewal());
  }

  renewUpTo(client: string | undefined): void {
    this.#write((rows) => rows.renewUpTo(client));
  }

  freeRenewed(): void {
    this.#write((rows) => rows.freeRenewed());
  }

  endRenewal(): void {
    this.#write((rows) => rows.endRenewal());
  }

  renewLog(): void {
    this.#write((rows) => rows.renewLog());
  }

  overwrite(): void {
    this.#write((rows) => rows.overwrite());
  }

  endOverwriting(): void {
    this.#write((rows) => rows.endOverwriting());
  }

  wakeAt(millis: number | undefined): void {
    this.#write((rows) => rows.wakeAt(millis));
  }

  get earlier(): EarlierTable | undefined {
    const { earlier } = this.#seen;
    if (earlier === undefined) return undefined;
    return {
      movedTo: earlier.movedTo,
      read: (client) => earlier.read(client),
      above: (client, count) => earlier.above(client, count),
      setMovedTo: (client) => this.#write((rows) => rows.earlier?.setMovedTo(client)),
      deleteUpTo: (client) => this.#write((rows) => rows.earlier?.deleteUpTo(client)),
      drop: () => this.#write((rows) => rows.earlier?.drop()),
    };
  }

  #write(write: Write): void {
    if (!this.#isTransacting) return this.transact(() => this.#write(write));
    this.rowsWritten++;
    write(this.#seen);
    this.#writes.at(-1)?.push(write);
  }

  #makeDurable(commit: readonly Write[]): void {
    for (const write of commit) write(this.#durable);
  }
}

/** A store that a test may have lose reports. */
class WatchedStore extends PagedReportStore {
  readonly #watch: DiskWatch;

  constructor(rows: Rows, config: HerdConfig, watch: DiskWatch) {
    super(rows, config);
    this.#watch = watch;
  }

  override keep(batch: readonly OfferedReport[]): { kept: Set<number>; added: Set<number> } {
    const written = this.#watch.filter(batch);
    const { kept, added } = super.keep(written);
    for (const offered of batch) if (!written.includes(offered)) kept.add(offered.seq);
    return { kept, added };
  }
}
