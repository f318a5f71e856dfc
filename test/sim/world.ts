// The world of one run: its clock, the planned events, and the story of what happened.
//
// Time moves only from one planned event to the next. The story is hashed, to show that two runs are the same. `onTold` gives
// it to a reader.

import { createHash } from "node:crypto";
import { EventQueue } from "./event-queue.ts";
import type { FaultKind } from "./options.ts";
import { Violation } from "./violation.ts";

/** The time at which every run begins, POSIX milliseconds. */
export const START_MILLIS = 1_800_000_000_000;

/** No run with a drawn load needs so many events. With more, the herd does not come to rest. */
const EVENTS_MAX = 400_000;

const STORY_CHARACTERS = 100_000;

export class World {
  nowMillis = START_MILLIS;
  eventCount = 0;
  readonly faultCounts = new Map<FaultKind, number>();
  readonly #queue = new EventQueue();
  readonly #hash = createHash("sha256");
  /** Lines that are not hashed yet: to hash many at once is faster. */
  #story = "";
  readonly #onTold: ((told: string) => void) | undefined;
  readonly #eventsMax: number;

  constructor(onTold?: (told: string) => void, eventsMax = EVENTS_MAX) {
    this.#onTold = onTold;
    this.#eventsMax = eventsMax;
  }

  /** Plans an event. If its time has passed, it comes now. */
  at(millis: number, happen: () => void): void {
    this.#queue.push(Math.max(millis, this.nowMillis), happen);
  }

  after(delayMillis: number, happen: () => void): void {
    this.at(this.nowMillis + delayMillis, happen);
  }

  /** Runs all events up to that time. Answers whether none is planned after it. */
  runUntil(millis: number): boolean {
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      if (next.atMillis > millis) break;
      if (++this.eventCount > this.#eventsMax) throw new Violation("FL2", "the herd does not come to rest");
      this.#queue.pop();
      this.nowMillis = next.atMillis;
      next.happen();
    }
    return this.#queue.peek() === undefined;
  }

  /** Adds a line to the story. */
  tell(who: string, what: string): void {
    const told = `${this.nowMillis - START_MILLIS} ${who} ${what}\n`;
    this.#story += told;
    if (this.#story.length > STORY_CHARACTERS) this.#hashStory();
    this.#onTold?.(told);
  }

  countFault(kind: FaultKind): void {
    this.faultCounts.set(kind, (this.faultCounts.get(kind) ?? 0) + 1);
  }

  /** The hash of the story so far. It ends the story: no line can be added afterwards. */
  hash(): string {
    this.#hashStory();
    return this.#hash.digest("hex").slice(0, 16);
  }

  #hashStory(): void {
    this.#hash.update(this.#story);
    this.#story = "";
  }
}
