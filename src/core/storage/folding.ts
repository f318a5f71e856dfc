// Folds the log into the pages: in rounds over all clients, each in many small steps.
//
// A round begins with the commits that the log has then. It goes through the clients in order, takes the page of the next one that
// is not folded, and writes it with all that the log has of its clients. When it has come to the end, the pages have everything of
// those commits. A mark in the log says so, in the commit of the last step. Until then the log has it all: a crash between
// two steps loses nothing, and what the next life folds again is what the page has already. What comes during a round and
// behind its position is for the next one.
//
// A round begins when the log is half full, and takes as many steps with each commit as make it end when the log is full. So nobody
// waits for it, and the log keeps its size, but for what a crash in the middle of a round adds. It also begins some time after the oldest commit, and when nothing more comes.

import type { HerdConfig } from "../config/herd-config.ts";
import { Debounce } from "../lib/debounce.ts";
import { compareUtf8 } from "../lib/utf8.ts";
import type { CommitLog } from "./commit-log.ts";
import { cutRecords, mergeRecords, splitRecords, clientOfRecord } from "./records.ts";
import type { Rows } from "./rows.ts";
import type { Unfolded } from "./unfolded.ts";
import type { NumberedReport } from "../store/report-store.ts";

/** Clients of a start that one step puts in order. */
const SORTED_MAX = 512;

/** A round that begins with a fuller log than half, as after a crash in the middle of one, has as much time as any other. */
const ROUND_FILL = 0.5;

/** A log that is so full is folded at once. */
const FILL_MAX = 2;

/** Reports that go into one page at once. */
const PAGE_REPORTS_MAX = 256;

/** Between two steps that no commit asks for: they take an eighth of the processor. */
const STEP_MILLIS = 20;

export interface FoldingPorts {
  readonly rows: Rows;
  readonly log: CommitLog;
  readonly unfolded: Unfolded;
  readonly storage: HerdConfig["storage"];
  /** After so long without a commit a server is about to leave memory. */
  readonly idleSeconds: number;
  /** Writes a commit that says only that those up to this one are folded. Call it inside `transact`. */
  readonly mark: (folded: number) => () => void;
}

interface Round {
  /** The newest commit when it began. */
  readonly upTo: number;
  /** How full the log may be before it has to have ended. */
  readonly full: number;
  /** Everything up to this client is folded. */
  position: string;
  /** Reports that are left: those above the position. */
  left: number;
}

export class Folding {
  readonly #ports: FoldingPorts;
  /** Since when commits wait. */
  readonly #waiting = new Debounce();
  #round: Round | undefined;
  /** All is to be folded that the log has. */
  #isAllAsked = false;
  /** How full the log was when a step was last taken. */
  #fill = 0;
  #nextStepMillis = 0;

  constructor(ports: FoldingPorts) {
    this.#ports = ports;
  }

  /** Whether something is being folded, or is to be. */
  get isBusy(): boolean {
    return this.#round !== undefined || this.#isAllAsked;
  }

  /** Has all folded that the log has now, in steps that begin at once. */
  askAll(steadyMillis: number): void {
    this.#isAllAsked = true;
    this.#nextStepMillis = Math.min(this.#nextStepMillis, steadyMillis);
  }

  /** When a step is due although no commit comes; Infinity if none is. By the steady clock. */
  get nextMillis(): number {
    const { log, storage, idleSeconds } = this.#ports;
    if (this.isBusy) return this.#nextStepMillis;
    if (log.bytes <= storage.logIdleBytes) return Infinity;
    return this.#waiting.dueMillis(storage.foldSeconds, idleSeconds);
  }

  /** A commit was made. */
  committed(steadyMillis: number): void {
    this.#waiting.begin(steadyMillis);
  }

  /** The log has a report of a client of whom it had none. */
  added(client: string): void {
    const round = this.#round;
    if (round !== undefined && compareUtf8(client, round.position) > 0) round.left++;
  }

  /** Takes steps as they are due. Each is a commit of its own; after that of the turn. */
  step(steadyMillis: number): void {
    const { storage } = this.#ports;
    const fill = this.#fillNow;
    if (this.#round === undefined) {
      // A mark alone may fill a small log.
      const isDue = this.#waiting.isWaiting && (fill >= 0.5 || this.nextMillis <= steadyMillis);
      if (!isDue && !this.#isAllAsked) return;
      this.#begin(fill);
    }
    const round = this.#round;
    if (round === undefined) return;
    const isStepDue = this.#nextStepMillis <= steadyMillis;
    if (isStepDue) this.#nextStepMillis = steadyMillis + STEP_MILLIS;
    if (fill < round.full && !this.#ports.unfolded.putInOrder(SORTED_MAX)) return;
    // The rest of the round is spread over the rest of the log.
    const share = Math.max(0, fill - this.#fill) / (round.full - this.#fill);
    // Without an end where nothing is left but the mark: the log forgets nothing before it.
    const reports = fill >= round.full || round.left === 0 ? Infinity : Math.ceil(round.left * share);
    this.#fill = fill;
    if (!isStepDue && reports === 0) return;
    this.#fold(round, reports, isStepDue ? storage.foldPages : 0);
  }

  get #fillNow(): number {
    const { log, storage } = this.#ports;
    return Math.max(log.bytes / storage.logBytes, log.length / storage.logCommits);
  }

  #begin(fill: number): void {
    const { log, unfolded } = this.#ports;
    const full = Math.min(FILL_MAX, Math.max(1, fill + ROUND_FILL));
    this.#round = { upTo: log.number, full, position: "", left: unfolded.size };
    this.#fill = fill;
    this.#isAllAsked = false;
    this.#waiting.end();
  }

  /** Folds so many reports, or pages if that is more. */
  #fold(round: Round, reports: number, pages: number): void {
    const { rows, unfolded, mark } = this.#ports;
    const folded: NumberedReport[] = [];
    let position: string | undefined = round.position;
    let marked: (() => void) | undefined;
    rows.transact(() => {
      for (let page = 0; page < pages || folded.length < reports; page++) {
        const taken: readonly NumberedReport[] = this.#foldPage(position ?? "");
        position = taken.at(-1)?.report.client;
        if (position === undefined) break;
        folded.push(...taken);
      }
      if (position === undefined) marked = mark(round.upTo);
    });
    for (const { report } of folded) unfolded.delete(report.client);
    marked?.();
    round.left = Math.max(0, round.left - folded.length);
    if (position === undefined) this.#round = undefined;
    else round.position = position;
  }

  /** Folds what is next above this client into its page. Returns that; nothing if the end is reached. */
  #foldPage(position: string): readonly NumberedReport[] {
    const { rows, unfolded, storage } = this.#ports;
    const [next] = unfolded.between(position, undefined, 1);
    if (next === undefined) return [];
    const { client } = next.report;
    const page = rows.pageOf(client) ?? { first: "", records: "" };
    const taken = unfolded.between(position, rows.firstAbove(client), PAGE_REPORTS_MAX);
    writePages(rows, page.first, mergeRecords(splitRecords(page.records), taken), storage.pageBytes);
    return taken;
  }
}

/** Writes these records as the page that begins there, and the pages behind it that it is cut into. */
export function writePages(rows: Rows, first: string, records: readonly string[], pageBytes: number): void {
  // Cut pieces have room to grow.
  const length = records.reduce((sum, record) => sum + record.length, 0);
  const pieces = length > pageBytes ? cutRecords(records, pageBytes * (2 / 3), pageBytes) : [records.join("")];
  for (const [index, piece] of pieces.entries())
    rows.putPage({ first: index === 0 ? first : clientOfRecord(piece), records: piece });
}
