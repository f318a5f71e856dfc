// Timeouts of one length for many keys: the first one set is the first one due.
//
// To set one, to drop one and to find the next one takes the same time, however many there are. Keeps LI6 and LI7.

export class TimeoutQueue<Key> {
  readonly #millis: number;
  /** In the order in which they were set, which is also the order in which they are due. */
  readonly #due = new Map<Key, number>();

  /** `seconds`: how long a timeout is; 0 for never. */
  constructor(seconds: number) {
    this.#millis = seconds * 1000;
  }

  /** When the next is due, POSIX milliseconds; Infinity if there is none. */
  get nextMillis(): number {
    for (const dueMillis of this.#due.values()) return dueMillis;
    return Infinity;
  }

  has(key: Key): boolean {
    return this.#due.has(key);
  }

  /** Starts the key's timeout, anew if it has one. */
  set(key: Key, nowMillis: number): void {
    if (this.#millis === 0) return;
    this.#due.delete(key);
    this.#due.set(key, nowMillis + this.#millis);
  }

  drop(key: Key): void {
    this.#due.delete(key);
  }

  /** Removes and returns the keys that are due. */
  takeDue(nowMillis: number): Key[] {
    const keys: Key[] = [];
    for (const [key, dueMillis] of this.#due) {
      if (dueMillis > nowMillis) break;
      this.#due.delete(key);
      keys.push(key);
    }
    return keys;
  }
}
