// A log file for each server, under the paper's name for it. Keeps LG2, LG3 and LG6.
//
// Entries are written as they are and in order. While a write is under way further entries wait, and then go together; who
// adds them waits as soon as that is more than a bound, so a slow disk costs no memory.

import { mkdirSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

/** Characters that may wait for the disk. */
const WAITING_MAX = 4_194_304;

export class LogFiles {
  readonly directory: string;
  readonly #suffix: string;
  readonly #onFailure: (error: Error) => void;
  readonly #files = new Map<string, FileHandle>();
  #waiting = new Map<string, string[]>();
  #waitingLength = 0;
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  /** @param onFailure Hears, once, that entries cannot be written any more. */
  constructor(directory: string, startedAt: Date, onFailure: (error: Error) => void) {
    this.directory = directory;
    this.#onFailure = onFailure;
    const [day = "", time = ""] = startedAt.toISOString().split("T");
    this.#suffix = `${day}-${time.slice(0, 8).replaceAll(":", "-")}`;
    mkdirSync(directory, { recursive: true });
  }

  /** Takes entries of a server, a line each, without the last LF. */
  add(server: string, text: string): void {
    const texts = this.#waiting.get(server);
    if (texts === undefined) this.#waiting.set(server, [text]);
    else texts.push(text);
    this.#waitingLength += text.length;
  }

  /** Has what was added written. Settles when more may be added. */
  async write(): Promise<void> {
    this.#writing ??= this.#writeWaiting();
    if (this.#waitingLength > WAITING_MAX) await this.#writing;
  }

  /** Settles when all is written, or nothing can be. */
  async end(): Promise<void> {
    await this.#writing;
    await this.#writeWaiting();
    await Promise.allSettled([...this.#files.values()].map((file) => file.close()));
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waitingLength > 0) {
      const waiting = this.#waiting;
      this.#waiting = new Map();
      this.#waitingLength = 0;
      try {
        for (const [server, texts] of waiting) await this.#append(server, `${texts.join("\n")}\n`);
      } catch (error) {
        if (this.#failure !== undefined) continue;
        this.#failure = error instanceof Error ? error : new Error(String(error));
        this.#onFailure(this.#failure);
      }
    }
    this.#writing = undefined;
  }

  async #append(server: string, text: string): Promise<void> {
    const name = join(this.directory, `${server}-${this.#suffix}.log`);
    try {
      let file = this.#files.get(server);
      if (file === undefined) {
        file = await open(name, "a");
        this.#files.set(server, file);
      }
      await file.writeFile(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot write ${name}: ${reason}`, { cause: error });
    }
  }
}
