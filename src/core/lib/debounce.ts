// Work that is put off so that it can be done together with more of its kind: until no more has come for a while, but never
// longer than a given time. Keeps CU6.

export class Debounce {
  #firstMillis = Infinity;
  #lastMillis = Infinity;

  /** Work is put off, perhaps beside work that waits already. Times are those of a steady clock. */
  begin(steadyMillis: number): void {
    this.#firstMillis = Math.min(this.#firstMillis, steadyMillis);
    this.#lastMillis = steadyMillis;
  }

  /** Work comes that can be done with what waits already: it puts nothing off further. */
  join(steadyMillis: number): void {
    if (!this.isWaiting) this.begin(steadyMillis);
  }

  get isWaiting(): boolean {
    return this.#firstMillis < Infinity;
  }

  /** All of it is done. */
  end(): void {
    this.#firstMillis = Infinity;
    this.#lastMillis = Infinity;
  }

  /** `longestSeconds` after the first, or `quietSeconds` after the last; Infinity if nothing waits. */
  dueMillis(longestSeconds: number, quietSeconds: number): number {
    return Math.min(this.#firstMillis + longestSeconds * 1000, this.#lastMillis + quietSeconds * 1000);
  }
}
