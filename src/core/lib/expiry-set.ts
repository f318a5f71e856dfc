// When things end, each at a time of its own.
//
// The earliest end is kept beside the rest, so that a look when nothing ends costs one comparison. It may belong to a thing
// that is gone meanwhile: then the look finds nothing, and finds the next earliest end.

export class ExpirySet<Key> {
  readonly #endMillis = new Map<Key, number>();
  #nextMillis = Infinity;

  /** Nothing ends earlier; Infinity if nothing ends. POSIX milliseconds. */
  get nextMillis(): number {
    return this.#nextMillis;
  }

  add(key: Key, endMillis: number): void {
    this.#endMillis.set(key, endMillis);
    this.#nextMillis = Math.min(this.#nextMillis, endMillis);
  }

  delete(key: Key): void {
    this.#endMillis.delete(key);
    if (this.#endMillis.size === 0) this.#nextMillis = Infinity;
  }

  /** Those that have ended. */
  expired(nowMillis: number): Key[] {
    if (nowMillis < this.#nextMillis) return [];
    const expired = [...this.#endMillis].filter(([, endMillis]) => endMillis <= nowMillis).map(([key]) => key);
    for (const key of expired) this.#endMillis.delete(key);
    this.#nextMillis = Infinity;
    for (const endMillis of this.#endMillis.values()) this.#nextMillis = Math.min(this.#nextMillis, endMillis);
    return expired;
  }
}
