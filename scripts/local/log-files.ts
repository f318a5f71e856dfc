// A log file for each server, under the paper's name for it. Keeps LG2 and LG3.
//
// The entries are written as they come, in order. Who writes waits until they are written, so none is kept in memory.

import { mkdirSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

export class LogFiles {
  readonly directory: string;
  readonly #suffix: string;
  readonly #files = new Map<string, FileHandle>();

  constructor(directory: string, startedAt: Date) {
    this.directory = directory;
    const [day = "", time = ""] = startedAt.toISOString().split("T");
    this.#suffix = `${day}-${time.slice(0, 8).replaceAll(":", "-")}`;
    mkdirSync(directory, { recursive: true });
  }

  /** Appends to the files of these servers. Rejects with a reason for people. */
  async append(texts: ReadonlyMap<string, string>): Promise<void> {
    await Promise.all([...texts].map(([server, text]) => this.#append(server, text)));
  }

  async end(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.close()));
    this.#files.clear();
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
