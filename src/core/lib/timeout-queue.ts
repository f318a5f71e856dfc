// Deadlines that all lie the same time ahead of when they were set, so that the first one set is the first one due.
//
// Setting, dropping and asking for the next take the same time however many there are. Keeps LI6, LI7.

export class TimeoutQueue<Key> {
  readonly #millis: number;
  /** In the order in which they were set, which is that in which they are due. */
  readonly #due = new Map<Key, number>();

  /** `seconds`: 0 for never. */
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

  /** Begins the key's time anew. */
  set(key: Key, nowMillis: number): void {
    if (this.#millis === 0) return;
    this.#due.delete(key);
    this.#due.set(key, nowMillis + this.#millis);
  }

  drop(key: Key): void {
    this.#due.delete(key);
  }

  /** Removes and returns what is due. */
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
