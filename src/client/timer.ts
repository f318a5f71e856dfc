// A timer whose time changes often, of a clock that nobody sets (`performance.now()`). A platform timer that rings early enough is left as it is, and set again when it rings.

/** The longest time that a platform's timer takes. */
const MILLIS_MAX = 2 ** 31 - 1;

export class Timer {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #setMillis = Infinity;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings at that time or earlier, in milliseconds of `performance.now()`; `ring` checks whether it is time. Infinity: it does not ring. */
  setAt(atMillis: number): void {
    // A timer that waits for nothing must not keep a process alive.
    if (this.#timer !== undefined && this.#setMillis <= atMillis && atMillis !== Infinity) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#setMillis = Infinity;
    if (atMillis === Infinity) return;
    const waitMillis = Math.min(Math.max(0, atMillis - performance.now()), MILLIS_MAX);
    this.#setMillis = performance.now() + waitMillis;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#setMillis = Infinity;
      this.#ring();
    }, waitMillis);
  }
}
