// What the servers log, on its way from workerd to us.
//
// workerd's standard output goes into a named pipe that this process reads. Miniflare would read it otherwise, and that
// loses entries (facts, 2026-11-27, miniflare 5.20261117.0-beta): it closes the output before workerd ends, leaves out texts
// that look like workerd's own (a client may say `stack: abcd abcd abcd`), and cuts a character in two where a chunk ends. Our
// pipe is read until nobody writes any more. When we are slow it is full, and workerd waits: no memory grows. Keeps LG11, LG15.

import { spawnSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Socket } from "node:net";
import { join } from "node:path";

/** What one call of the console printed. */
export interface Printed {
  /** `log`, `warn`, `error` and so on. */
  readonly level: string;
  readonly text: string;
}

const NEWLINE = 0x0a;

export class RuntimeLog {
  /** The variables by which Miniflare starts a workerd that writes into the pipe. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #read: number;
  #write: number | undefined;

  private constructor(environment: Record<string, string>, read: number, write: number) {
    this.environment = environment;
    this.#read = read;
    this.#write = write;
  }

  /** Makes the pipe, in a directory that exists and is this herd's own. */
  static async open(directory: string): Promise<RuntimeLog> {
    const pipe = join(directory, "log");
    const program = join(directory, "workerd");
    const { status, stderr, error } = spawnSync("mkfifo", ["-m", "600", pipe], { encoding: "utf8" });
    if (status !== 0)
      throw new Error(`Cannot make a pipe for the logs: mkfifo says ${error?.message ?? stderr.trim()}`);
    await writeFile(program, '#!/bin/sh\nexec "$HERD_WORKERD" "$@" >"$HERD_LOG"\n', { mode: 0o700 });
    // Ours is the first end for writing: without one, the end for reading would be at its end before workerd has begun.
    const read = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const write = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    return new RuntimeLog(
      { MINIFLARE_WORKERD_PATH: program, HERD_WORKERD: workerdProgram(), HERD_LOG: pipe },
      read,
      write,
    );
  }

  /** All that is printed, until every workerd and we have closed the pipe. Reads no further than what was taken. */
  async *printed(): AsyncGenerator<Printed[]> {
    const socket = new Socket({ fd: this.#read, readable: true, writable: false });
    let begun: Buffer[] = [];
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end > 0) {
        const lines = chunk.subarray(0, end);
        yield parsePrinted(begun.length === 0 ? lines : Buffer.concat([...begun, lines]));
        begun = [];
      }
      if (end < chunk.length) begun.push(chunk.subarray(end));
    }
  }

  /** Closes our end for writing: what workerd has written is still read. */
  end(): void {
    if (this.#write !== undefined) closeSync(this.#write);
    this.#write = undefined;
  }
}

/** Lines of JSON as workerd writes them, one for each call of the console. */
function parsePrinted(lines: Buffer): Printed[] {
  const printed: Printed[] = [];
  for (let from = 0; from < lines.length;) {
    const end = lines.indexOf(NEWLINE, from);
    if (end > from) printed.push(parseCall(lines.toString("utf8", from, end)));
    from = end + 1;
  }
  return printed;
}

function parseCall(line: string): Printed {
  try {
    const { level, message } = JSON.parse(line) as { readonly level: unknown; readonly message: unknown };
    return { level: String(level), text: String(message) };
  } catch {
    return { level: "error", text: line };
  }
}

/** The workerd that belongs to miniflare. */
function workerdProgram(): string {
  const ofWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
  const ofMiniflare = createRequire(ofWrangler.resolve("miniflare"));
  return (ofMiniflare("workerd") as { readonly default: string }).default;
}
