// Times for reports whose caller gave none: the time of the call, and always later than the one before.
//
// A report counts only if it is later than the one that is held (RP6), and a platform's clock moves in milliseconds. So the
// microseconds are counted here. Keeps CL11.

export class ReportClock {
  #lastMicros = 0;

  /** POSIX seconds with six decimals. */
  next(nowMillis: number): string {
    this.#lastMicros = Math.max(nowMillis * 1000, this.#lastMicros + 1);
    const fraction = String(this.#lastMicros % 1_000_000).padStart(6, "0");
    return `${Math.floor(this.#lastMicros / 1_000_000)}.${fraction}`;
  }
}
