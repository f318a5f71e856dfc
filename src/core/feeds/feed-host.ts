// What a feed sees of the server that it belongs to.

import type { Effect } from "../contract/events.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import type { HerdConfig } from "../config/herd-config.ts";
import type { LogEntry } from "../contract/log-entry.ts";
import type { RecentLog } from "../store/recent-log.ts";
import type { ReportStore, StoreHead } from "../store/report-store.ts";

export interface FeedHost {
  readonly name: string;
  /** Names this life in memory. */
  readonly incarnation: string;
  readonly peers: HerdConfig["peers"];
  readonly store: ReportStore;
  readonly recent: RecentLog;
  /** As of this turn: `highest` is the number of the last report taken, be it durable or not (CU6). */
  readonly head: StoreHead;
  /** The last number given, to a report or, at the start, to the block before. */
  readonly issuedSeq: number;
  readonly nowMillis: number;
  /** Whether the log wants an entry a line. */
  readonly logsLines: boolean;
  /** At least 0, less than 1. */
  random(): number;
  newConnection(): ConnectionId;
  emit(effect: Effect): void;
  log(entry: LogEntry): void;
  /** Whether the table has every report that was taken; if not, it will when the next turn is over (CU6). */
  completeTable(): boolean;
  /** Gives the numbering a new name: every neighbour then takes everything again (CU1). */
  beginEpoch(reason: string): void;
}
