// How often something may happen: a bucket that refills with time, and from which each event takes a token.
//
// In any stretch of time it gives at most `burst` tokens, and `perSecond` more for each second of it. It knows no clock: the
// time comes with each taking, and one that runs backwards gives nothing. What is refused takes nothing, so that whoever
// asks twice as often as it may still gets half. Keeps LI2 to LI4.

export class TokenBucket {
  readonly #perMilli: number;
  readonly #burst: number;
  #tokens: number;
  #atMillis: number;

  /** Full at the beginning. */
  constructor(perSecond: number, burst: number, nowMillis: number) {
    this.#perMilli = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMillis = nowMillis;
  }

  /** Takes a token, or so many; false where there are fewer. */
  take(nowMillis: number, tokens = 1): boolean {
    this.#refill(nowMillis);
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** Whether it is as good as new. */
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
