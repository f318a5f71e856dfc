// What a turn makes the world do, gathered while it goes on.

import type { Effect } from "../contract/events.ts";
import type { LogEntry, LogLevel } from "../contract/log-entry.ts";
import type { TurnPort } from "../contract/turn-port.ts";

export class TurnOutput implements TurnPort {
  nowMillis = 0;
  readonly logsLines: boolean;
  #effects: Effect[] = [];

  constructor(logLevel: LogLevel) {
    this.logsLines = logLevel === "lines";
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  log(entry: LogEntry): void {
    this.#effects.push({ type: "log", entry });
  }

  /** Removes and returns the effects, in order. */
  take(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
