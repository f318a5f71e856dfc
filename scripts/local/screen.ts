// The terminal of a running herd: as many lines as a person can read, and a word about the others.
//
// A slow terminal never holds the herd up, and is never owed more than a page: while lines wait to be written, further ones
// are left out. When the terminal is gone, `onGone` hears it. Keeps LG4 and LG6.

import { write } from "node:fs";

/** Lines of entries that are shown within a period. */
const SHOWN_MAX = 40;

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
  #shown = 0;
  #leftOut = 0;
  #warned = 0;
  #timer: NodeJS.Timeout | undefined;
  #onIdle: (() => void) | undefined;

  constructor(fd: number, elsewhere: string, onGone: () => void) {
    this.#fd = fd;
    this.#elsewhere = elsewhere;
    this.#onGone = onGone;
  }

  /** How many entries may be shown now. */
  get room(): number {
    return this.#isFull ? 0 : SHOWN_MAX - this.#shown;
  }

  /** Shows an entry. Ask for `room` first. */
  showEntry(line: string): void {
    this.#shown++;
    this.#startPeriod();
    this.say(line);
  }

  /** Shows an entry that needs attention: the others take no room from it. */
  showWarning(line: string): void {
    this.#startPeriod();
    if (this.#isFull || this.#warned === SHOWN_MAX) this.#leftOut++;
    else {
      this.#warned++;
      this.say(line);
    }
  }

  leaveOut(entries: number): void {
    this.#leftOut += entries;
    this.#startPeriod();
  }

  /** Shows what is no entry. */
  say(text: string): void {
    if (this.#isGone) return;
    this.#waiting += `${text}\n`;
    this.#write();
  }

  /** Settles when all is written, or nobody reads it. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#sayLeftOut();
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

  #startPeriod(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#shown = 0;
      this.#warned = 0;
      this.#sayLeftOut();
    }, PERIOD_MILLIS);
  }

  #sayLeftOut(): void {
    if (this.#leftOut === 0 || this.#isFull) return;
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
