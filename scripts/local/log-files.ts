// Log files for each server, the first of a start under the paper's name for it. Keeps LG2, LG11, LG15, LG21 and LG22.
//
// Entries are written as they are and in order. While a write is under way further entries wait, and then go together; who
// adds them waits as soon as that is more than a bound, so a slow disk costs no memory. Entries tell where clients are, so the files
// are for the user alone. A file that is full is followed by another one, and the oldest ones go.

import { mkdirSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { tidyLogFiles } from "./old-log-files.ts";
import { PRIVATE_DIRECTORY, PRIVATE_FILE } from "./private-files.ts";

/** Characters that may wait for the disk. */
const WAITING_MAX = 4_194_304;

/** Bytes that are written at once. The memory is used again: new memory for each write costs more than the write. */
const BUFFER_BYTES = 524_288;

export interface LogFilesOptions {
  readonly directory: string;
  readonly startedAt: Date;
  readonly limits: Pick<HerdConfig["limits"], "logFileBytes" | "logFiles">;
  /** Hears, once, that entries cannot be written any more. */
  readonly onFailure: (error: Error) => void;
}

/** The file that a server's entries go to. */
interface LogFile {
  readonly name: string;
  /** From 1: the how manieth of this start. */
  readonly number: number;
  readonly handle: FileHandle;
  bytes: number;
}

export class LogFiles {
  readonly directory: string;
  /** Of this start, in the names of its files. */
  readonly #start: string;
  readonly #limits: LogFilesOptions["limits"];
  readonly #onFailure: (error: Error) => void;
  readonly #files = new Map<string, LogFile>();
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  #waiting = new Map<string, string[]>();
  #waitingLength = 0;
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor({ directory, startedAt, limits, onFailure }: LogFilesOptions) {
    this.directory = directory;
    this.#limits = limits;
    this.#onFailure = onFailure;
    const [day = "", time = ""] = startedAt.toISOString().split("T");
    this.#start = `${day}-${time.slice(0, 8).replaceAll(":", "-")}`;
    mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
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
    await Promise.allSettled([...this.#files.values()].map(({ handle }) => handle.close()));
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
    let file = this.#files.get(server) ?? (await this.#open(server, 1));
    /** Of the buffer. */
    let filled = 0;
    for (const text of texts) {
      // Of a character 3 bytes at most.
      const longest = text.length * 3 + 1;
      if (filled + longest > this.#buffer.length) filled = await this.#flush(file, filled);
      if (this.#isFull(file, filled, text)) {
        await this.#flush(file, filled);
        filled = 0;
        file = await this.#open(server, file.number + 1, file);
      }
      if (longest > this.#buffer.length) await this.#writeTo(file, Buffer.from(`${text}\n`));
      else {
        filled += this.#buffer.write(text, filled);
        filled += this.#buffer.write("\n", filled);
      }
    }
    await this.#flush(file, filled);
  }

  /** Whether the text has to go to another file. An empty file takes any text. */
  #isFull({ bytes }: LogFile, filled: number, text: string): boolean {
    const before = bytes + filled;
    const room = this.#limits.logFileBytes - before - 1;
    // Its bytes are counted only near the end.
    return before > 0 && text.length * 3 > room && Buffer.byteLength(text) > room;
  }

  async #open(server: string, number: number, before?: LogFile): Promise<LogFile> {
    await before?.handle.close();
    const name = `${server}-${this.#start}${number === 1 ? "" : `.${number}`}.log`;
    const path = join(this.directory, name);
    try {
      const handle = await open(path, "a", PRIVATE_FILE);
      const file: LogFile = { name: path, number, handle, bytes: (await handle.stat()).size };
      this.#files.set(server, file);
      await tidyLogFiles({ directory: this.directory, server, current: name, most: this.#limits.logFiles });
      return file;
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  /** Writes what is in the buffer. Returns how much is in it then. */
  async #flush(file: LogFile, filled: number): Promise<0> {
    if (filled > 0) await this.#writeTo(file, this.#buffer.subarray(0, filled));
    return 0;
  }

  async #writeTo(file: LogFile, bytes: Buffer): Promise<void> {
    try {
      for (let from = 0; from < bytes.length;) from += (await file.handle.write(bytes, from)).bytesWritten;
      file.bytes += bytes.length;
    } catch (error) {
      throw cannotWrite(file.name, error);
    }
  }
}

function cannotWrite(name: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`Cannot write ${name}: ${reason}`, { cause: error });
}
