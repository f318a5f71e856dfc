// One timer that is moved often and set seldom: it is left where it is if it rings early enough, and set again then.

/** What a platform's timer holds at most. */
const MILLIS_MAX = 2 ** 31 - 1;

export class Timer {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #setMillis = Infinity;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings then, or earlier: whoever is rung looks whether it is time. Infinity: not at all. POSIX milliseconds. */
  setAt(atMillis: number): void {
    // Without anything to wait for it must not hold a process.
    if (this.#timer !== undefined && this.#setMillis <= atMillis && atMillis !== Infinity) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#setMillis = Infinity;
    if (atMillis === Infinity) return;
    const waitMillis = Math.min(Math.max(0, atMillis - Date.now()), MILLIS_MAX);
    this.#setMillis = Date.now() + waitMillis;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#setMillis = Infinity;
      this.#ring();
    }, waitMillis);
  }
}
