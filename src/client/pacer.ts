// How fast commands are sent: all at once, until a server says that this is too fast.
//
// From then on they are sent one at a time, a token's time apart, for as long as commands wait. A server that closed the
// connection for too many commands is sent few at once on the next one, and twice as many after each answer. Keeps CL41.

export class Pacer {
  readonly #sentMax: number;
  /** How many may be sent and not yet answered. */
  #window: number;
  #spacingMillis = 0;
  #nextMillis = 0;

  /** `sentMax`: commands sent and not yet answered at most. */
  constructor(sentMax: number) {
    this.#sentMax = sentMax;
    this.#window = sentMax;
  }

  /** When the next command may be sent, while `sent` are unanswered; Infinity if an answer has to come first. */
  dueMillis(sent: number): number {
    return sent < this.#window ? this.#nextMillis : Infinity;
  }

  send(nowMillis: number): void {
    if (this.#spacingMillis > 0) this.#nextMillis = Math.max(this.#nextMillis, nowMillis) + this.#spacingMillis;
  }

  answered(): void {
    this.#window = Math.min(this.#sentMax, this.#window + 1);
  }

  /** Nothing waits: the server's bucket fills, and a burst may be sent again. */
  rest(): void {
    this.#spacingMillis = 0;
  }

  /** A command was refused, and may be said again after so long. */
  slowDown(retryAfterMillis: number, nowMillis: number): void {
    this.#spacingMillis = Math.max(this.#spacingMillis, retryAfterMillis);
    this.#nextMillis = Math.max(this.#nextMillis, nowMillis + retryAfterMillis);
  }

  /** The server closed the connection for too many commands. */
  beginSlowly(): void {
    this.#window = 1;
  }
}
