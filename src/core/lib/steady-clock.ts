// A clock for waits: it never goes back, and goes on from where it was when the wall clock is set back.
//
// The platform has only a wall clock, which can be set. A wait that ends at a time of the wall clock becomes a day longer when
// the clock is set back by a day. This clock goes as the wall clock goes, and stands still where that one jumps back. When it
// jumps ahead, so does this one: a wait ends too soon, which every wait has to bear. Keeps LI26.

export class SteadyClock {
  #wallMillis: number | undefined;
  /** How far it is ahead of the wall clock: as far as that one was set back. */
  #aheadMillis = 0;

  /** It is so late by the wall clock, POSIX milliseconds. */
  tick(wallMillis: number): void {
    if (this.#wallMillis !== undefined) this.#aheadMillis += Math.max(0, this.#wallMillis - wallMillis);
    this.#wallMillis = wallMillis;
  }

  /** Milliseconds: those of POSIX as long as the wall clock was not set back. */
  get millis(): number {
    return (this.#wallMillis ?? 0) + this.#aheadMillis;
  }

  /** When the wall clock will be there, if it is not set. POSIX milliseconds. */
  toWall(steadyMillis: number): number {
    return steadyMillis - this.#aheadMillis;
  }
}
