// What a part of a server sees of the turn under way: its time, and where its effects go.

import type { Effect } from "./events.ts";
import type { LogEntry } from "./log-entry.ts";

export interface TurnPort {
  /** When the turn began, POSIX milliseconds. */
  readonly nowMillis: number;
  /** Whether the log wants an entry for each line. */
  readonly logsLines: boolean;
  emit(effect: Effect): void;
  log(entry: LogEntry): void;
}
