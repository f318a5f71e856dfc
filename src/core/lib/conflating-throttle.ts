// A limit on how often each key may pass a value: at most so often in a second. Of the values that come meanwhile, only the
// newest waits.
//
// A key is remembered for one interval after a value of it passed, in the order in which the intervals end. What is due is
// therefore found without a search, and a key that was quiet for an interval takes no memory. Keeps WT4.

interface Passed<Value> {
  /** When the key may pass a value again, POSIX milliseconds. */
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

  /** No value that waits is due earlier; Infinity if none waits. POSIX milliseconds. */
  get nextMillis(): number {
    if (this.#waitingCount === 0) return Infinity;
    for (const { againMillis } of this.#passed.values()) return againMillis;
    return Infinity;
  }

  /** Whether the key's value may pass now. If not, it waits and replaces the value that waited before. */
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
    return this.waiting(key) !== undefined;
  }

  /** The value of this key that waits. */
  waiting(key: string): Value | undefined {
    return this.#passed.get(key)?.waiting;
  }

  /** Removes and returns the values, each with its key, that have waited for their interval. They pass now. */
  takeDue(nowMillis: number): (readonly [key: string, value: Value])[] {
    const due: [string, Value][] = [];
    for (const [key, passed] of this.#passed) {
      if (!this.#isOver(passed, nowMillis)) break;
      this.#forget(key);
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
    this.#forget(key);
    this.#passed.set(key, { againMillis: nowMillis + this.#intervalMillis, waiting: undefined });
  }

  #forget(key: string): void {
    if (this.isWaiting(key)) this.#waitingCount--;
    this.#passed.delete(key);
  }

  /** An end that is further ahead than an interval was set before the clock was put back. */
  #isOver({ againMillis }: Passed<Value>, nowMillis: number): boolean {
    return againMillis <= nowMillis || againMillis > nowMillis + this.#intervalMillis;
  }
}
