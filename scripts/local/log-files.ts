// A log file for each server, under the paper's name for it. Keeps LG2, LG11 and LG15.
//
// Entries are written as they are and in order. While a write is under way further entries wait, and then go together; who
// adds them waits as soon as that is more than a bound, so a slow disk costs no memory.

import { mkdirSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

/** Characters that may wait for the disk. */
const WAITING_MAX = 4_194_304;

/** Bytes that are written at once. The memory is used again: new memory for each write costs more than the write. */
const BUFFER_BYTES = 524_288;

export class LogFiles {
  readonly directory: string;
  readonly #suffix: string;
  readonly #onFailure: (error: Error) => void;
  readonly #files = new Map<string, FileHandle>();
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
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
        for (const [server, texts] of waiting) await this.#append(server, texts);
      } catch (error) {
        if (this.#failure !== undefined) continue;
        this.#failure = error instanceof Error ? error : new Error(String(error));
        this.#onFailure(this.#failure);
      }
    }
    this.#writing = undefined;
  }

  async #append(server: string, texts: readonly string[]): Promise<void> {
    const name = join(this.directory, `${server}-${this.#suffix}.log`);
    try {
      let file = this.#files.get(server);
      if (file === undefined) {
        file = await open(name, "a");
        this.#files.set(server, file);
      }
      let length = 0;
      for (const text of texts) {
        // Of a character 3 bytes at most.
        const longest = text.length * 3 + 1;
        if (length + longest > this.#buffer.length) {
          await writeAll(file, this.#buffer.subarray(0, length));
          length = 0;
        }
        if (longest > this.#buffer.length) await writeAll(file, Buffer.from(`${text}\n`));
        else {
          length += this.#buffer.write(text, length);
          length += this.#buffer.write("\n", length);
        }
      }
      await writeAll(file, this.#buffer.subarray(0, length));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot write ${name}: ${reason}`, { cause: error });
    }
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length;) from += (await file.write(bytes, from)).bytesWritten;
}
