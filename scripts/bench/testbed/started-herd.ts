// This herd as `npm start` runs it: in processes of its own, with log files and a terminal.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { HerdConfig } from "../../../src/core/config/herd-config.ts";
import { findFreePorts } from "../../local/ports.ts";

const START = fileURLToPath(new URL("../../local/start.ts", import.meta.url));

export class StartedHerd {
  readonly #child: ChildProcess;
  readonly #servers: HerdConfig["servers"];
  readonly #logs: string;

  private constructor(child: ChildProcess, servers: HerdConfig["servers"], logs: string) {
    this.#child = child;
    this.#servers = servers;
    this.#logs = logs;
  }

  /** Its state and its logs are in that directory. Settles when it is up. */
  static async start(directory: string, options: readonly string[]): Promise<StartedHerd> {
    const bundled = JSON.parse(await readFile("herd.config.json", "utf8")) as HerdConfig;
    const [port = 0, ...ports] = await findFreePorts(bundled.servers.length + 1);
    const servers = bundled.servers.map((server, index) => ({ ...server, tcpPort: ports[index] ?? 0 }));
    const config = join(directory, "herd.json");
    const logs = join(directory, "logs");
    // Of a long run everything is counted in the end.
    const limits = { ...bundled.limits, logFiles: 10_000 };
    await writeFile(config, JSON.stringify({ ...bundled, servers, limits }));
    const where = ["--port", String(port), "--config", config, "--state", join(directory, "state"), "--logs", logs];
    const child = spawn(process.execPath, [START, ...where, ...options], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve, reject) => {
      child.once("close", (code) => reject(new Error(`Cannot measure: npm start ended with ${code}`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (line.includes("The herd is up")) resolve();
      });
    });
    return new StartedHerd(child, servers, logs);
  }

  tcpPort(server: string): number {
    return this.#servers.find(({ name }) => name === server)?.tcpPort ?? 0;
  }

  /** The lines of that server's log files, in any order. */
  async logOf(server: string): Promise<string[]> {
    const files = (await readdir(this.#logs)).filter((name) => name.startsWith(`${server}-`));
    const texts = await Promise.all(files.map((file) => readFile(join(this.#logs, file), "utf8")));
    return texts.flatMap((text) => text.trimEnd().split("\n"));
  }

  /** Ends it as Ctrl-C does. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGINT");
    await closed;
  }
}
