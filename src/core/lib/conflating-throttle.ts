// At most so many values a second for each key: of those that come meanwhile, the newest.
//
// It remembers a key for one interval after a value passed, in the order in which the intervals end. So finding what is due
// takes no search, and a key that was quiet for an interval takes no memory.

interface Passed<Value> {
  /** When the key's next value may pass, POSIX milliseconds. */
  readonly againMillis: number;
  /** The newest value that came meanwhile. */
  waiting: Value | undefined;
}

export class ConflatingThrottle<Value> {
  readonly #intervalMillis: number;
  readonly #passed = new Map<string, Passed<Value>>();
  #waitingCount = 0;

  /** `perSecond`: 0 for any number. */
  constructor(perSecond: number) {
    this.#intervalMillis = perSecond === 0 ? 0 : Math.ceil(1000 / perSecond);
  }

  /** When a value that waits may pass, or earlier; Infinity if none waits. POSIX milliseconds. */
  get nextMillis(): number {
    if (this.#waitingCount === 0) return Infinity;
    for (const { againMillis } of this.#passed.values()) return againMillis;
    return Infinity;
  }

  /** Whether a value may pass now. If not, it waits, in the place of the one that waited. */
  admit(key: string, value: Value, nowMillis: number): boolean {
    if (this.#intervalMillis === 0) return true;
    const passed = this.#passed.get(key);
    if (passed === undefined || this.#isOver(passed, nowMillis)) {
      this.#begin(key, nowMillis);
      return true;
    }
    if (passed.waiting === undefined) this.#waitingCount++;
    passed.waiting = value;
    return false;
  }

  /** Whether a value of this key waits. */
  isWaiting(key: string): boolean {
    return this.#passed.get(key)?.waiting !== undefined;
  }

  /** Removes and returns what has waited for its interval, by key: it passes now. */
  takeDue(nowMillis: number): (readonly [key: string, value: Value])[] {
    const due: [string, Value][] = [];
    for (const [key, passed] of this.#passed) {
      if (!this.#isOver(passed, nowMillis)) break;
      this.#drop(key);
      if (passed.waiting !== undefined) due.push([key, passed.waiting]);
    }
    for (const [key] of due) this.#begin(key, nowMillis);
    return due;
  }

  clear(): void {
    this.#passed.clear();
    this.#waitingCount = 0;
  }

  #begin(key: string, nowMillis: number): void {
    this.#drop(key);
    this.#passed.set(key, { againMillis: nowMillis + this.#intervalMillis, waiting: undefined });
  }

  #drop(key: string): void {
    if (this.isWaiting(key)) this.#waitingCount--;
    this.#passed.delete(key);
  }

  /** An interval that ends further ahead than it is long began before the clock was put back. */
  #isOver({ againMillis }: Passed<Value>, nowMillis: number): boolean {
    return againMillis <= nowMillis || againMillis > nowMillis + this.#intervalMillis;
  }
}
