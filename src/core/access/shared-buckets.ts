// Buckets that many connections share: one for each address, network or subject of a token.
//
// A bucket is kept until it is full again, whether somebody is connected or not: nobody gets a new one by connecting again. Keeps
// LI3, LI4, LI22 to LI25, LI28 and LI29.

import { TokenBucket } from "../lib/token-bucket.ts";
import type { Sharer } from "./networks.ts";

/** With this many buckets, the first search for full ones begins. */
const SWEEP_BUCKETS_MIN = 1000;

export class SharedBuckets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, TokenBucket>();
  #sweepAt = SWEEP_BUCKETS_MIN;

  /** What a sharer may have once; `perSecond` 0 for any number. */
  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** How many buckets are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes tokens of all sharers, or takes none and returns false if one has too few. More than a burst counts as a burst. */
  take(sharers: readonly Sharer[], nowMillis: number, tokens = 1): boolean {
    if (this.#perSecond === 0) return true;
    const taken = Math.min(tokens, this.#burst);
    if (this.available(sharers, nowMillis) < taken) return false;
    for (const sharer of sharers) this.#bucketOf(sharer, nowMillis).spend(nowMillis, taken);
    return true;
  }

  /** Takes tokens of all for what has happened already. */
  spend(sharers: readonly Sharer[], nowMillis: number, tokens = 1): void {
    if (this.#perSecond === 0) return;
    for (const sharer of sharers) this.#bucketOf(sharer, nowMillis).spend(nowMillis, tokens);
  }

  /** How many tokens every one of them has; Infinity without a limit. */
  available(sharers: readonly Sharer[], nowMillis: number): number {
    if (this.#perSecond === 0) return Infinity;
    return Math.min(Infinity, ...sharers.map((sharer) => this.#bucketOf(sharer, nowMillis).available(nowMillis)));
  }

  /** In how many milliseconds all of them have a token; 0 if they have one. */
  waitMillis(sharers: readonly Sharer[], nowMillis: number): number {
    if (this.#perSecond === 0) return 0;
    return Math.max(0, ...sharers.map((sharer) => this.#bucketOf(sharer, nowMillis).waitMillis(nowMillis)));
  }

  #bucketOf({ key, times }: Sharer, nowMillis: number): TokenBucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    if (this.#buckets.size >= this.#sweepAt) this.#sweep(nowMillis);
    const made = new TokenBucket(this.#perSecond * times, this.#burst * times, nowMillis);
    this.#buckets.set(key, made);
    return made;
  }

  #sweep(nowMillis: number): void {
    for (const [key, held] of this.#buckets) if (held.isFull(nowMillis)) this.#buckets.delete(key);
    this.#sweepAt = Math.max(SWEEP_BUCKETS_MIN, this.#buckets.size * 2);
  }
}
