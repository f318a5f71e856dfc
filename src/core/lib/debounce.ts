// How long something may be put off, so that it can be done together with what comes after it: not for ever, and not where
// nothing comes any more. Keeps CU6.

export class Waiting {
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

  /** `holdSeconds` after the first, or `holdQuietSeconds` after the last; Infinity if nothing is put off. POSIX milliseconds. */
  dueMillis(limits: { readonly holdSeconds: number; readonly holdQuietSeconds: number }): number {
    const { holdSeconds, holdQuietSeconds } = limits;
    return Math.min(this.#firstMillis + holdSeconds * 1000, this.#lastMillis + holdQuietSeconds * 1000);
  }
}
