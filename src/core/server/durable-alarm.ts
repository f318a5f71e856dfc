// The durable alarm of a server: the one thing that wakes it when it has died or left memory.
//
// It is set in the same commit that leaves the first neighbour behind, so a server that dies just after this commit wakes by
// itself. Each setting and clearing is a row written, so one that is set is moved only to be earlier, and is not cleared when all
// are caught up: it is there for the next report. A server that has left memory does not know that all are caught up, so when it
// rings, they are asked, and it is set again. When nothing has come since it rang before, it is cleared. A drained server
// needs none for that: nobody is to be looked after.
//
// It also wakes the server for a client of a watch that may have fallen silent. Reports do not move it: when it rings too early, it is set
// anew for the next time. And it wakes the server, be it drained, when something is to be erased. Keeps CU4, CU29, ER3, WT25 and
// ED25.

import { HIBERNATION_MILLIS } from "./hibernation.ts";

/** What the alarm depends on. */
interface Situation {
  readonly isDrained: boolean;
  readonly isAnyBehind: boolean;
  readonly isEveryCaughtUp: boolean;
  readonly isAnyLinked: boolean;
  /** No report was taken since the alarm last rang. */
  readonly isQuiet: boolean;
  readonly nowMillis: number;
  /** When to look after those that are behind, POSIX milliseconds. */
  lookAfterMillis(): number;
  /** When a client that is watched may have fallen silent, POSIX milliseconds; Infinity if nobody waits for that. */
  readonly silenceMillis: number;
  /** When something is to be erased, POSIX milliseconds; Infinity if nothing is. */
  readonly eraseMillis: number;
  /** When to wake if the server ends in the middle of something. */
  readonly wakeMillis: number;
}

export class DurableAlarm {
  #atMillis: number | undefined;
  /** It rang a second time without a report between. */
  #isSpent = false;

  /** `atMillis`: the alarm as it is set, POSIX milliseconds; `undefined` if it is not. */
  constructor(atMillis: number | undefined) {
    this.#atMillis = atMillis;
  }

  /** It rang: it is not set any more. `isQuiet`: no report was taken since it rang before. */
  ring(isQuiet: boolean): void {
    this.#isSpent = isQuiet;
    this.#atMillis = undefined;
  }

  /** Whether it wakes the server at this time or before, POSIX milliseconds. */
  ringsBy(millis: number): boolean {
    return this.#atMillis !== undefined && this.#atMillis <= millis;
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
    const eraseMillis = this.#erasingMillis(situation);
    if (situation.isDrained) return eraseMillis === Infinity ? undefined : eraseMillis;
    const { silenceMillis, nowMillis } = situation;
    const wantedMillis = Math.min(this.#neighboursMillis(situation) ?? Infinity, eraseMillis);
    // A server stays in memory until what comes so soon.
    const isSoon = silenceMillis <= nowMillis + HIBERNATION_MILLIS;
    const firstMillis = isSoon ? wantedMillis : Math.min(wantedMillis, silenceMillis);
    return firstMillis === Infinity ? undefined : firstMillis;
  }

  /** When erasing is due it is done at once; an alarm stands for the rest of it. */
  #erasingMillis({ eraseMillis, nowMillis, wakeMillis }: Situation): number {
    if (eraseMillis > nowMillis + HIBERNATION_MILLIS) return eraseMillis;
    const standing = this.#atMillis ?? Infinity;
    return standing > nowMillis ? Math.min(standing, wakeMillis) : wakeMillis;
  }

  #neighboursMillis(situation: Situation): number | undefined {
    const standing = this.#atMillis;
    if (situation.isAnyBehind) return Math.min(standing ?? Infinity, situation.lookAfterMillis());
    if (standing === undefined || !this.#isSpent || !situation.isQuiet) return standing;
    if (!situation.isEveryCaughtUp || situation.isAnyLinked) return standing;
    return standing > situation.nowMillis + HIBERNATION_MILLIS ? undefined : standing;
  }
}
