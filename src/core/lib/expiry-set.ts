// Keys that expire, each at a time of its own.
//
// The earliest time is kept beside the keys: a turn in which nothing expires costs one comparison. It may belong to a key
// that was deleted meanwhile. `expired` then finds nothing and looks up the next time. Keeps AC6.

export class ExpirySet<Key> {
  readonly #endMillis = new Map<Key, number>();
  #nextMillis = Infinity;

  /** No key expires earlier; Infinity if none expires. POSIX milliseconds. */
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

  /** Removes and returns the keys that have expired. */
  expired(nowMillis: number): Key[] {
    if (nowMillis < this.#nextMillis) return [];
    const expired = [...this.#endMillis].filter(([, endMillis]) => endMillis <= nowMillis).map(([key]) => key);
    for (const key of expired) this.#endMillis.delete(key);
    this.#nextMillis = Infinity;
    for (const endMillis of this.#endMillis.values()) this.#nextMillis = Math.min(this.#nextMillis, endMillis);
    return expired;
  }
}
