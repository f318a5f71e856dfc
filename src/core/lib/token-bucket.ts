// A token bucket: a limit on how often something may happen.
//
// In any stretch of time it gives at most `burst` tokens, and `perSecond` more for each second of that time. It has no clock:
// each call says what time it is. A time that goes backwards refills nothing, and is where the refilling goes on: a clock that
// is set back by a day must not stop it for a day. A refused request takes no tokens, so a caller that asks twice as often as
// it may still gets half of what it asks. Keeps LI2 to LI4 and LI26.

export class TokenBucket {
  readonly #perMilli: number;
  readonly #burst: number;
  #tokens: number;
  #atMillis: number;

  /** The bucket is full at first. */
  constructor(perSecond: number, burst: number, nowMillis: number) {
    this.#perMilli = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMillis = nowMillis;
  }

  /** Takes tokens, or takes none and returns false if there are too few. */
  take(nowMillis: number, tokens = 1): boolean {
    if (this.available(nowMillis) < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** Takes tokens for what has happened already. Where there are too few, later ones pay. */
  spend(nowMillis: number, tokens: number): void {
    this.#refill(nowMillis);
    this.#tokens -= tokens;
  }

  /** How many tokens it has; fewer than 0 where some were spent that it did not have. */
  available(nowMillis: number): number {
    this.#refill(nowMillis);
    return this.#tokens;
  }

  /** In how many milliseconds it has a token; 0 if it has one. */
  waitMillis(nowMillis: number): number {
    return Math.max(0, (1 - this.available(nowMillis)) / this.#perMilli);
  }

  /** Whether it is as full as at first. */
  isFull(nowMillis: number): boolean {
    return this.available(nowMillis) === this.#burst;
  }

  #refill(nowMillis: number): void {
    const pastMillis = Math.max(0, nowMillis - this.#atMillis);
    this.#tokens = Math.min(this.#burst, this.#tokens + pastMillis * this.#perMilli);
    this.#atMillis = nowMillis;
  }
}
