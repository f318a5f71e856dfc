// What the report store asks of a database: a few rows of two tables, one commit at a time.
//
// It is all that the thin edge over SQLite has to do, and what the simulator has crash between any two steps. Nothing here
// decides anything. One contract suite runs over every implementation: test/support/rows-contract.ts.

import { compareUtf8 } from "../lib/utf8.ts";
import type { NumberedReport } from "../store/report-store.ts";

/** One commit, or a part of one that is too long for a row. A row takes the slot of one that is folded. */
export interface CommitRow {
  readonly slot: number;
  /** Commits are numbered from 1 on, without gaps. */
  readonly number: number;
  /** The pages have everything of the commits up to this number. */
  readonly folded: number;
  /** No report of this commit or of an earlier one has a greater number. */
  readonly lastSeq: number;
  /** Clients that the store knows after this commit. */
  readonly clients: number;
  /** What the store knows beside reports, as `formatFacts` writes it; null if that is what the commit before said. */
  readonly facts: string | null;
  /** The reports that it keeps, as `formatReports` writes them. */
  readonly reports: string;
}

/** The reports of all clients from one up to the first one of the next page. The first page begins with the empty text. */
export interface PageRow {
  readonly first: string;
  /** As `formatRecord` writes them, in the order of their clients. */
  readonly records: string;
}

/** The table of an earlier layout, with a row for each client, whose reports are not all in pages yet. */
export interface EarlierTable {
  /** The reports of the clients up to this one are in pages; `undefined` if none is. */
  readonly movedTo: string | undefined;
  read(client: string): NumberedReport | undefined;
  /** At most so many reports of the clients above this one, in order. */
  above(client: string, count: number): NumberedReport[];
  /** Call it inside `transact`. */
  setMovedTo(client: string): void;
  /** Deletes the rows of the clients up to this one. Call it inside `transact`. */
  deleteUpTo(client: string): void;
  /** Deletes all that is left of it. Call it inside `transact`. */
  drop(): void;
}

/** All pages are being written anew, one after the other. Those that are share no byte of the storage with what they had before. */
export interface Renewal {
  /** The pages that begin below this client are written anew; `undefined` if all are. */
  readonly from: string | undefined;
}

/** Whether what a client has is in a page that was written anew. */
export function isRenewed(renewal: Renewal | undefined, client: string): boolean {
  if (renewal === undefined) return false;
  return renewal.from === undefined || compareUtf8(client, renewal.from) < 0;
}

export interface Rows {
  /** Bytes in use. What was deleted does not count. */
  sizeBytes(): number;

  /** Runs `body` as one commit. If it throws, nothing of it happened and the error goes on. A write outside is a commit of its own. */
  transact(body: () => void): void;

  /** The commits that the newest one does not say to be folded, oldest first. */
  readLog(): CommitRow[];
  /** Replaces what the slot had. */
  putCommit(row: CommitRow): void;

  /** The page that has this client, or would have it: the last one that does not begin above it. `undefined` if there is none. */
  pageOf(client: string): PageRow | undefined;
  /** Where the next page begins that begins above this client; `undefined` if there is none. */
  firstAbove(client: string): string | undefined;
  putPage(page: PageRow): void;

  /** `undefined` if none is under way. */
  readonly renewal: Renewal | undefined;
  /** No page is written anew yet. Call it, and the others of a renewal, inside `transact`. */
  beginRenewal(): void;
  /** The pages below this client are gone, but for those that are put below it from now on. All are, if it is `undefined`. */
  renewUpTo(client: string | undefined): void;
  /** Frees what the pages had that are gone, which is billed, a row each. Otherwise it is freed when the renewal ends. */
  freeRenewed(): void;
  /** After all pages, and in a commit of its own: what it frees must not be used again before that is durable. */
  endRenewal(): void;
  /** Writes the log's rows anew whose commits are not folded, and forgets all others. In a commit of its own too. */
  renewLog(): void;

  /**
   * Writes a megabyte over, of what the storage has freed. Each `part` is a megabyte of its own, from 0 on, which may be written over
   * again, until all are given back. A commit of its own.
   */
  overwrite(part: number): void;
  /** Gives back what was written over. */
  endOverwriting(): void;

  /** Sets the one durable alarm, POSIX milliseconds, or clears it. */
  wakeAt(millis: number | undefined): void;

  /** `undefined` if nothing is left of an earlier layout. */
  readonly earlier: EarlierTable | undefined;
}
