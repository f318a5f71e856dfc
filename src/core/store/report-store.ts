// What the core asks of durable storage: a port, small and synchronous, as a Durable Object's SQLite is.
//
// The table of reports is the truth and may be far larger than memory, so nothing here loads it whole. The guard runs
// inside `keep`. Everything between the start and the end of one `transact` is
// durable together or not at all. One contract suite runs over every implementation: test/support/store-contract.ts.

import type { Keeping } from "../protocol/keeping.ts";
import type { Report } from "../protocol/report.ts";
import type { Held } from "./held.ts";

/** A report with the number that it takes if the store keeps it. */
export interface NumberedReport {
  readonly seq: number;
  readonly report: Report;
}

/** A report that the store may keep. */
export interface OfferedReport extends NumberedReport {
  /** What was found of its client, if it was looked for. */
  readonly held?: Held;
  /** Whether it counts beside whatever is held of its client: that is past keeping (KP3). */
  readonly isAnew?: boolean;
  /** Whether what is held of its client was heard on the other side of a FORGET: that is to be erased (ER2). */
  readonly isAcrossForget?: boolean;
  /** Whether it is an AT, which supersedes one of equal time with a lesser line (RP11). Otherwise only a later time does. */
  readonly isFlooded?: boolean;
}

/** What is stored about the server itself. */
export interface StoreHead {
  /** Names the numbering: random, new with empty storage (CU1). */
  readonly epoch: string;
  /** No number above this was ever used; written ahead in blocks, and a start goes on above it (CU1). */
  readonly reservedSeq: number;
  /** No report that is durable has a number above this (CU7). */
  readonly lastSeq: number;
  /** Reports held, which is clients known. */
  readonly clients: number;
  /** `lastSeq` when the alarm last rang (CU29). */
  readonly alarmSeq: number;
  /** How often the server has started on this storage, waking from hibernation included. A start that wrote nothing is left out. */
  readonly starts: number;
}

/** What is stored about a neighbour. */
export interface StoredNeighbour {
  /** The numbering that `cursor` belongs to; empty until the neighbour dialled us. */
  readonly epoch: string;
  /** Everything that the neighbour numbered up to here is held, or was superseded. */
  readonly cursor: number;
  /** Failed tries to reach it since the last that worked. */
  readonly failures: number;
}

/** For how long the server last knew reports. */
export interface StoredKeeping {
  /** 0 for ever. */
  readonly keepSeconds: number;
  /** What was heard before is past keeping, whatever its age; POSIX milliseconds. */
  readonly sinceMillis: number;
}

/** The times of a turn. */
export interface Times {
  /** POSIX milliseconds. */
  readonly nowMillis: number;
  readonly steadyMillis: number;
}

/** Part of a scan: the rows read, and whether the table ended with them. */
export interface ScanStep {
  readonly rows: readonly NumberedReport[];
  readonly isLast: boolean;
}

/** A write that the storage refused, as a full disk does. It ended an incarnation of the server. */
export interface RefusedWrite {
  readonly reason: string;
  /** How many writes were refused in the last time, from 1: the more, the more seldom the storage is tried. */
  readonly times: number;
}

/** What a step of erasing did. */
export interface ErasedStep {
  /** The reports that were past keeping, and are gone: of so many clients fewer something is held. */
  readonly lapsed: readonly Report[];
  /** Clients of which nothing is held any more since the pass began; `undefined` until it has ended. */
  readonly ended: { readonly erased: number; readonly pages: number } | undefined;
}

export interface ReportStore {
  /** Bytes in use. What was deleted does not count. */
  sizeBytes(): number;

  /** Runs `body` as one commit. If it throws, nothing of it happened and the error goes on. */
  transact(body: () => void): void;

  /** The report held of a client. */
  read(client: string): Report | undefined;

  /** The same as an object. It stays true as long as it is found. */
  find(client: string): Held;

  /**
   * Keeps each report that supersedes what is held of its client, under its number. No client stands twice in the batch.
   * Says which numbers were kept, and which of those are of clients unknown before.
   */
  keep(batch: readonly OfferedReport[]): { readonly kept: ReadonlySet<number>; readonly added: ReadonlySet<number> };

  /** The next `count` rows in client order after this client (from the beginning if undefined). */
  scan(afterClient: string | undefined, count: number): ScanStep;

  /** `undefined` where the storage is empty. */
  readHead(): StoreHead | undefined;
  writeHead(head: StoreHead): void;

  readNeighbours(): ReadonlyMap<string, StoredNeighbour>;
  writeNeighbour(name: string, neighbour: StoredNeighbour): void;
  forgetNeighbour(name: string): void;

  /** Whether an operator has taken the server out of service; not on empty storage. */
  readIsDrained(): boolean;
  writeIsDrained(isDrained: boolean): void;

  /** `undefined` where a server kept everything for ever. */
  readKeeping(): StoredKeeping | undefined;
  writeKeeping(keeping: StoredKeeping): void;

  /** Sets the one durable alarm, POSIX milliseconds, or clears it. */
  wakeAt(millis: number | undefined): void;

  /** When something is to be erased, POSIX milliseconds; Infinity if nothing is. Durable. */
  readonly eraseMillis: number;

  /** A pass of erasing is under way. */
  readonly isErasing: boolean;

  /** Something is to be erased by this time. Call it inside `transact`. */
  eraseBy(millis: number): void;

  /** Takes a step of erasing, if one is due: commits of its own, after that of the turn. Returns what a step has taken away. */
  erase(times: Times, keeping: Keeping): ErasedStep | undefined;

  /** Whether reports of an earlier layout wait to be brought to today's. */
  readonly isMoving: boolean;

  /** When `keepUp` has something to do although nothing was kept; Infinity if it has not. By the steady clock. */
  readonly nextUpkeepMillis: number;

  /** Takes a small step of what keeps the storage small and quick, if one is due: commits of its own, after that of the turn. */
  keepUp(steadyMillis: number): void;
}
