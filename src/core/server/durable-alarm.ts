// The durable alarm of a server: the one thing that wakes it when it has died or left memory.
//
// It is set in the same commit that leaves the first neighbour behind, so a server that dies just after this commit wakes by
// itself. Each setting and clearing is a row written, so one that is set is moved only to be earlier, and cleared only
// where it would ring after the server may have left memory. A drained server needs none: nobody is to be looked after.
// Keeps CU4 and ED25.

import { HIBERNATION_MILLIS } from "./hibernation.ts";

/** What the alarm depends on. */
interface Situation {
  readonly nowMillis: number;
  readonly isDrained: boolean;
  readonly isAnyBehind: boolean;
  readonly isEveryCaughtUp: boolean;
  readonly isAnyLinked: boolean;
  /** When to look after those that are behind, POSIX milliseconds. */
  lookAfterMillis(): number;
}

export class DurableAlarm {
  #atMillis: number | undefined;

  /** `atMillis`: the alarm as it is set, POSIX milliseconds; `undefined` if it is not. */
  constructor(atMillis: number | undefined) {
    this.#atMillis = atMillis;
  }

  /** It rang: it is not set any more. */
  ring(): void {
    this.#atMillis = undefined;
  }

  /** Whether it has to be written. */
  isDue(situation: Situation): boolean {
    return this.#wantedMillis(situation) !== this.#atMillis;
  }

  /** Sets or clears it with `wakeAt`, if it is not right. Call it inside the store's `transact`. */
  keep(situation: Situation, wakeAt: (millis: number | undefined) => void): void {
    const wantedMillis = this.#wantedMillis(situation);
    if (wantedMillis === this.#atMillis) return;
    wakeAt(wantedMillis);
    this.#atMillis = wantedMillis;
  }

  #wantedMillis(situation: Situation): number | undefined {
    if (situation.isDrained) return undefined;
    const standing = this.#atMillis;
    if (situation.isAnyBehind) {
      const dueMillis = situation.lookAfterMillis();
      return standing === undefined || dueMillis < standing ? dueMillis : standing;
    }
    if (standing === undefined || !situation.isEveryCaughtUp || situation.isAnyLinked) return standing;
    return standing > situation.nowMillis + HIBERNATION_MILLIS ? undefined : standing;
  }
}
