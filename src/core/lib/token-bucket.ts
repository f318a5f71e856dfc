// A token bucket: a limit on how often something may happen.
//
// In any stretch of time it gives at most `burst` tokens, and `perSecond` more for each second of that time. It has no clock:
// each call says what time it is, and a time that goes backwards refills nothing. A refused request takes no tokens, so a
// caller that asks twice as often as it may still gets half of what it asks. Keeps LI2 to LI4.

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
    this.#refill(nowMillis);
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** In how many milliseconds it has a token; 0 if it has one. */
  waitMillis(nowMillis: number): number {
    this.#refill(nowMillis);
    return Math.max(0, (1 - this.#tokens) / this.#perMilli);
  }

  /** Whether it is as full as at first. */
  isFull(nowMillis: number): boolean {
    this.#refill(nowMillis);
    return this.#tokens === this.#burst;
  }

  #refill(nowMillis: number): void {
    if (nowMillis <= this.#atMillis) return;
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMillis - this.#atMillis) * this.#perMilli);
    this.#atMillis = nowMillis;
  }
}
