// A command of `npm run herd` that runs until it is interrupted.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

import { SCRIPT_ENVIRONMENT } from "./herd-process.ts";

export class HerdCommand {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  readonly #listeners = new Set<() => void>();
  /** Both outputs, in the order in which they came. */
  output = "";

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, ["scripts/local/herd.ts", ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...SCRIPT_ENVIRONMENT },
    });
    this.#closed = once(this.#child, "close");
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (data: Buffer) => {
        this.output += data.toString();
        for (const listener of this.#listeners) listener();
      });
  }

  /** Gives it this input, and no more. */
  end(input: string | Uint8Array): void {
    this.#child.stdin?.end(input);
  }

  /** Settles with its exit code. */
  async ended(): Promise<number | null> {
    const [code] = await this.#closed;
    return code as number | null;
  }

  /** Waits until the output matches. Rejects if the command ends before. */
  async prints(pattern: RegExp): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (pattern.test(this.output)) resolve();
    };
    this.#listeners.add(look);
    look();
    await Promise.race([promise, this.#closed]);
    this.#listeners.delete(look);
    if (!pattern.test(this.output)) throw new Error(`It ended without ${String(pattern)}:\n${this.output}`);
  }

  /** Interrupts the command like Ctrl-C. Returns its exit code. */
  async interrupt(): Promise<number | null> {
    this.#child.kill("SIGINT");
    return this.ended();
  }
}
