// What a turn makes the world do, gathered while it goes on.

import type { Effect } from "../contract/events.ts";
import type { LogEntry, LogLevel } from "../contract/log-entry.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import { SteadyClock } from "../lib/steady-clock.ts";
import { withoutPlaces } from "./without-places.ts";

export class TurnOutput implements TurnPort {
  readonly logsLines: boolean;
  readonly #clock = new SteadyClock();
  #nowMillis = 0;
  #effects: Effect[] = [];
  #forgotten = new Set<string>();

  constructor(logLevel: LogLevel) {
    this.logsLines = logLevel === "lines";
  }

  get nowMillis(): number {
    return this.#nowMillis;
  }

  get steadyMillis(): number {
    return this.#clock.millis;
  }

  /** A turn begins, or something between turns. POSIX milliseconds. */
  begin(nowMillis: number): void {
    this.#nowMillis = nowMillis;
    this.#clock.tick(nowMillis);
  }

  wallMillisOf(steadyMillis: number): number {
    return this.#clock.toWall(steadyMillis);
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  log(entry: LogEntry): void {
    this.#effects.push({ type: "log", entry: this.logsLines ? entry : withoutPlaces(entry) });
  }

  /** Without lines, no entry says where a client is. */
  forgetInLog(client: string): void {
    if (this.logsLines) this.#forgotten.add(client);
  }

  /** Removes and returns the effects, in order. */
  take(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    if (this.#forgotten.size === 0) return effects;
    // Last: what was heard in this turn may have been answered after it was forgotten.
    effects.push({ type: "forget in log", clients: this.#forgotten });
    this.#forgotten = new Set();
    return effects;
  }
}
