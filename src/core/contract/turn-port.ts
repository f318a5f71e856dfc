// What a part of a server uses of the turn under way: its time, and where its effects and log entries go.

import type { Effect } from "./events.ts";
import type { LogEntry } from "./log-entry.ts";

export interface TurnPort {
  /** When the turn began, POSIX milliseconds. */
  readonly nowMillis: number;
  /** Whether the log wants an entry per line. */
  readonly logsLines: boolean;
  emit(effect: Effect): void;
  log(entry: LogEntry): void;
}
