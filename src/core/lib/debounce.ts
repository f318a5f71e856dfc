// How long something may be put off, so that it can be done together with what comes after it: not for ever, and not where
// nothing comes any more. Keeps CU6.

export class Debounce {
  #firstMillis = Infinity;
  #lastMillis = Infinity;

  /** Something is put off, or something more. POSIX milliseconds. */
  begin(nowMillis: number): void {
    this.#firstMillis = Math.min(this.#firstMillis, nowMillis);
    this.#lastMillis = nowMillis;
  }

  /** All of it is done. */
  end(): void {
    this.#firstMillis = Infinity;
    this.#lastMillis = Infinity;
  }

  /** `writeBehindSeconds` after the first, or `writeBehindQuietSeconds` after the last; Infinity if nothing is put off. POSIX milliseconds. */
  dueMillis(limits: { readonly writeBehindSeconds: number; readonly writeBehindQuietSeconds: number }): number {
    const { writeBehindSeconds, writeBehindQuietSeconds } = limits;
    return Math.min(this.#firstMillis + writeBehindSeconds * 1000, this.#lastMillis + writeBehindQuietSeconds * 1000);
  }
}
