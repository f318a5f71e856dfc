// The one timer of a turn loop, which rings when the test says so.

import type { LoopWorld } from "../../src/core/server/turn-loop.ts";

export class ManualTimer implements Pick<LoopWorld, "setTimer" | "clearTimer"> {
  #dueMillis = Infinity;
  #ring: () => void = () => undefined;

  /** When it is to ring, POSIX milliseconds; Infinity if it is not set. */
  get dueMillis(): number {
    return this.#dueMillis;
  }

  setTimer(atMillis: number, ring: () => void): void {
    this.#dueMillis = atMillis;
    this.#ring = ring;
  }

  clearTimer(): void {
    this.#dueMillis = Infinity;
  }

  /** Rings if it is due. Answers whether it was. */
  ringIfDue(nowMillis: number): boolean {
    if (this.#dueMillis > nowMillis) return false;
    this.#dueMillis = Infinity;
    this.#ring();
    return true;
  }
}
