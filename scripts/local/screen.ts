// The terminal of a running herd: as many lines as a person can read, and a word about the others.
//
// A slow terminal never holds the herd up, and is never owed more than a page: while lines wait to be written, further ones
// are left out. When the terminal is gone, `onGone` hears it. Keeps LG12 and LG15.

import { write } from "node:fs";
import { TokenBucket } from "../../src/core/lib/token-bucket.ts";

/** Entries that are shown at once: what follows from a few reports is read whole. */
const BURST = 100;

/** And in the long run. */
const PER_SECOND = 8;

/** Between two lines that say how many are left out. */
const PERIOD_MILLIS = 5000;

/** Characters that may wait for a slow terminal. */
const WAITING_MAX = 65_536;

/** A terminal that takes nothing for the moment is asked again after so long. */
const AGAIN_MILLIS = 20;

/** A terminal that takes nothing is given up after so long. */
const END_MILLIS_MAX = 1000;

export class Screen {
  readonly #fd: number;
  /** Where those that are left out can be read. */
  readonly #elsewhere: string;
  readonly #onGone: () => void;
  #waiting = "";
  #isWriting = false;
  #isGone = false;
  readonly #entries = new TokenBucket(PER_SECOND, BURST, performance.now());
  readonly #warnings = new TokenBucket(PER_SECOND, BURST, performance.now());
  #leftOut = 0;
  #timer: NodeJS.Timeout | undefined;
  #onIdle: (() => void) | undefined;

  constructor(fd: number, elsewhere: string, onGone: () => void) {
    this.#fd = fd;
    this.#elsewhere = elsewhere;
    this.#onGone = onGone;
  }

  /** Shows an entry, which is made only then. Answers whether there was room. */
  showEntry(line: () => string): boolean {
    if (this.#isFull || !this.#entries.take(performance.now())) return false;
    this.say(line());
    return true;
  }

  /** Shows an entry that needs attention: the others take no room from it. */
  showWarning(line: string): void {
    if (this.#isFull || !this.#warnings.take(performance.now())) this.leaveOut(1);
    else this.say(line);
  }

  leaveOut(entries: number): void {
    this.#leftOut += entries;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sayLeftOut();
    }, PERIOD_MILLIS);
  }

  /** Shows what is no entry. */
  say(text: string): void {
    if (this.#isGone) return;
    this.#waiting += `${text}\n`;
    this.#write();
  }

  /** Settles when all is written, or nobody reads it. */
  async end(): Promise<void> {
    this.#sayLeftOut();
    clearTimeout(this.#timer);
    if (!this.#isWriting) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, END_MILLIS_MAX);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  get #isFull(): boolean {
    return this.#isGone || this.#waiting.length > WAITING_MAX;
  }

  #sayLeftOut(): void {
    if (this.#leftOut === 0) return;
    // Said later, then.
    if (this.#isFull) return this.leaveOut(0);
    const entries = this.#leftOut === 1 ? "1 entry more" : `${this.#leftOut.toLocaleString("en")} entries more`;
    this.say(`… ${entries} in ${this.#elsewhere}`);
    this.#leftOut = 0;
  }

  #write(): void {
    if (this.#isWriting || this.#waiting === "") return;
    const text = Buffer.from(this.#waiting);
    this.#waiting = "";
    this.#isWriting = true;
    this.#writeAll(text);
  }

  #writeAll(text: Buffer): void {
    write(this.#fd, text, (error, written) => {
      if (error?.code === "EAGAIN") return void setTimeout(() => this.#writeAll(text), AGAIN_MILLIS);
      if (error === null && written < text.length) return this.#writeAll(text.subarray(written));
      this.#isWriting = false;
      if (error !== null) {
        this.#isGone = true;
        this.#waiting = "";
        this.#onGone();
      }
      if (this.#waiting === "") this.#onIdle?.();
      else this.#write();
    });
  }
}
