// How often watchers hear of one client: at most so often a second, and of what comes meanwhile the newest.
//
// One pace serves all watchers: a client's line is told to all of them at once, or waits for all of them. It remembers a
// client for one interval after its line was told, in the order in which the intervals end, so finding what is due takes no
// search, and a client that was quiet for an interval takes no memory. Keeps WT4.

interface Told {
  /** When the client may be told of again, POSIX milliseconds. */
  readonly againMillis: number;
  /** The newest line that came meanwhile. */
  waiting: string | undefined;
}

export class ConflatingThrottle {
  readonly #intervalMillis: number;
  readonly #told = new Map<string, Told>();
  #waitingCount = 0;

  /** `perSecond`: 0 for any number. */
  constructor(perSecond: number) {
    this.#intervalMillis = perSecond === 0 ? 0 : Math.ceil(1000 / perSecond);
  }

  /** When a line that waits may be told, or earlier; Infinity if none waits. POSIX milliseconds. */
  get nextMillis(): number {
    if (this.#waitingCount === 0) return Infinity;
    for (const { againMillis } of this.#told.values()) return againMillis;
    return Infinity;
  }

  /** Whether a client's line may be told now. If not, it waits, in the place of the one that waited. */
  admit(client: string, line: string, nowMillis: number): boolean {
    if (this.#intervalMillis === 0) return true;
    const told = this.#told.get(client);
    if (told === undefined || this.#isOver(told, nowMillis)) {
      this.#begin(client, nowMillis);
      return true;
    }
    if (told.waiting === undefined) this.#waitingCount++;
    told.waiting = line;
    return false;
  }

  /** Whether a line of this client waits. */
  isWaiting(client: string): boolean {
    return this.#told.get(client)?.waiting !== undefined;
  }

  /** Removes and returns what has waited for its interval, by client: it is to be told now. */
  takeDue(nowMillis: number): (readonly [client: string, line: string])[] {
    const due: [string, string][] = [];
    for (const [client, told] of this.#told) {
      if (!this.#isOver(told, nowMillis)) break;
      this.#forget(client);
      if (told.waiting !== undefined) due.push([client, told.waiting]);
    }
    for (const [client] of due) this.#begin(client, nowMillis);
    return due;
  }

  /** Nobody watches any more. */
  clear(): void {
    this.#told.clear();
    this.#waitingCount = 0;
  }

  #begin(client: string, nowMillis: number): void {
    this.#forget(client);
    this.#told.set(client, { againMillis: nowMillis + this.#intervalMillis, waiting: undefined });
  }

  #forget(client: string): void {
    if (this.isWaiting(client)) this.#waitingCount--;
    this.#told.delete(client);
  }

  /** One that ends further ahead than an interval takes began before the clock was put back. */
  #isOver({ againMillis }: Told, nowMillis: number): boolean {
    return againMillis <= nowMillis || againMillis > nowMillis + this.#intervalMillis;
  }
}
