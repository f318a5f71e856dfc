// A command of `npm run herd` that runs until it is interrupted.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export class HerdCommand {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  readonly #listeners = new Set<() => void>();
  /** Both outputs, in the order in which they came. */
  output = "";

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, ["scripts/local/herd.ts", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1" },
    });
    this.#closed = once(this.#child, "close");
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (data: Buffer) => {
        this.output += data.toString();
        for (const listener of this.#listeners) listener();
      });
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
    const [code] = await this.#closed;
    return code as number | null;
  }
}
