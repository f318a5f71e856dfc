// The reports that this life accepted last, in order of their numbers: what live feeds read.
//
// Bounded. The log says where it begins (`floor`): everything numbered above that is in it, or was superseded by something
// that is. A neighbour whose cursor lies below has to be served by a scan of the table. A report that a later one of its
// client superseded is passed over, so a client that moved a hundred times is sent once. Keeps CU3.

import type { RecentReport } from "./held.ts";

export class RecentLog {
  readonly #sizeMax: number;
  #entries: RecentReport[] = [];
  #start = 0;
  #floor: number;

  /** `floor`: the highest number that has a row at the start of this life, so that waking never scans. */
  constructor(sizeMax: number, floor: number) {
    this.#sizeMax = sizeMax;
    this.#floor = floor;
  }

  get floor(): number {
    return this.#floor;
  }

  append(entry: RecentReport): void {
    this.#entries.push(entry);
    entry.held.recent = entry;
    if (this.#entries.length - this.#start > this.#sizeMax) this.#dropFirst();
  }

  /** Up to `count` reports numbered above `seq`, oldest first, without the superseded ones. */
  after(seq: number, count: number): RecentReport[] {
    const found: RecentReport[] = [];
    for (let index = this.#indexAfter(seq); found.length < count; index++) {
      const entry = this.#entries[index];
      if (entry === undefined) break;
      if (entry.held.recent === entry) found.push(entry);
    }
    return found;
  }

  #dropFirst(): void {
    const first = this.#entries[this.#start++];
    if (first === undefined) return;
    this.#floor = first.seq;
    if (first.held.recent === first) first.held.recent = undefined;
    if (this.#start < this.#sizeMax) return;
    this.#entries = this.#entries.slice(this.#start);
    this.#start = 0;
  }

  /** Index of the first entry numbered above `seq`: a binary search, as a feed may be anywhere in the log. */
  #indexAfter(seq: number): number {
    let low = this.#start;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.seq ?? Infinity) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
