// What a part of a server uses of the turn under way: its time, and where its effects and log entries go.

import type { Effect } from "./events.ts";
import type { LogEntry } from "./log-entry.ts";

export interface TurnPort {
  /** When the turn began, POSIX milliseconds: for what is said of time, and for times that others said. */
  readonly nowMillis: number;
  /** When it began by the steady clock: for waits, which must not become longer when the clock is set back (LI26). */
  readonly steadyMillis: number;
  /** When the wall clock will be there, POSIX milliseconds. */
  wallMillisOf(steadyMillis: number): number;
  /** Whether the log wants an entry per line. */
  readonly logsLines: boolean;
  emit(effect: Effect): void;
  log(entry: LogEntry): void;
  /** What is kept of the log is to say no longer where that client was, the entries of this turn included (LG23). */
  forgetInLog(client: string): void;
}
