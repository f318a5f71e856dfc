// A herd on this machine as a child process: what `npm start` runs.
//
// herd-host.ts runs in a process group of its own together with workerd, and the group is ended as one. Facts, 2026-11-27: in
// place of `wrangler dev`, miniflare alone serves it. `wrangler dev` starts the herd again when somebody writes its configuration,
// package.json or an asset; it answers at addresses of its own that read and write every server's storage; and it records
// each message as a trace. Keeps HD33 and HD34.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import type { HostAnswer, HostRequest } from "./herd-host.ts";
import { PRIVATE_DIRECTORY } from "./private-files.ts";
import { RuntimeLog, type Printed } from "./runtime-log.ts";

/** Beside this file, which is JavaScript in the installed package. */
const HOST = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "herd-host.ts" : "herd-host.js", import.meta.url));

/** Time that the processes have to end by themselves. */
const STOP_MILLIS_MAX = 5000;

export interface LocalHerdOptions {
  readonly config: HerdConfig;
  /** For HTTP and WebSocket. */
  readonly port: number;
  /** Directory in which the Durable Objects are kept. */
  readonly state: string;
  readonly logLevel: string;
  /** Secrets; the file need not exist. */
  readonly secretsFile: string;
  /** Counts where the secrets have none. */
  readonly operatorToken: string | undefined;
  /** Hears each line that is said about the runtime. */
  readonly onLine: (line: string) => void;
  /** Takes what the servers print. Until it is done with that, no more is read, and the servers wait. */
  readonly onPrinted?: (printed: readonly Printed[]) => Promise<void>;
}

export class LocalHerd {
  /** Settles when the herd takes connections. */
  readonly ready: Promise<void>;
  /** Settles with the exit code when all processes have ended, and all that the servers printed was taken. */
  readonly exited: Promise<number>;
  isReady = false;
  readonly #child: ChildProcess;
  #isOver = false;

  private constructor(child: ChildProcess, log: RuntimeLog, directory: string, options: LocalHerdOptions) {
    this.#child = child;
    const { onLine, onPrinted = async () => undefined } = options;
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface({ input: stream }).on("line", onLine);
    const closed = new Promise<number>((settle) => child.once("close", (code) => settle(code ?? 1)));
    const { promise, resolve: setReady } = Promise.withResolvers<void>();
    this.ready = promise;
    child.on("message", (answer: HostAnswer) => {
      if (answer.type === "failed") {
        onLine(answer.reason);
        return this.kill();
      }
      this.isReady = true;
      setReady();
    });
    const taken = takeAll(log, onPrinted);
    this.exited = closed.then(async (code) => {
      // What a host that was killed has left. After that the group's number may be somebody else's.
      this.kill();
      this.#isOver = true;
      log.end();
      await taken;
      await rm(directory, { recursive: true, force: true });
      return code;
    });
  }

  /** Runs the herd. It may not be up yet. */
  static async start(options: LocalHerdOptions): Promise<LocalHerd> {
    const { config, port, state, logLevel, secretsFile, operatorToken } = options;
    const directory = resolve(state, `${RUN_PREFIX}${process.pid}`);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    const log = await RuntimeLog.open(directory);
    const child = spawn(process.execPath, [HOST], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, ...log.environment, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" },
    });
    const request: HostRequest = {
      type: "start",
      config,
      port,
      state: resolve(state),
      logLevel,
      directory,
      ...(existsSync(secretsFile) && { secretsFile: resolve(secretsFile) }),
      ...(operatorToken !== undefined && { operatorToken }),
    };
    child.send(request);
    return new LocalHerd(child, log, directory, options);
  }

  /** The process group of the herd. */
  get group(): number | undefined {
    return this.#child.pid;
  }

  /** Ends the herd: with a request first, and without asking if that does not do. */
  stop(): void {
    const request: HostRequest = { type: "stop" };
    if (!this.#child.connected) return this.kill();
    this.#child.send(request, (error) => {
      if (error !== null) this.kill();
    });
    const timer = setTimeout(() => this.kill(), STOP_MILLIS_MAX);
    this.#child.once("close", () => clearTimeout(timer));
  }

  /** Ends the whole group as a power cut does. */
  kill(): void {
    if (this.#child.pid !== undefined && !this.#isOver) killGroup(this.#child.pid);
  }
}

/** How the directory of a running herd's own files begins, in the directory of its state. */
export const RUN_PREFIX = "run-";

export function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // All gone already.
  }
}

async function takeAll(log: RuntimeLog, onPrinted: (printed: readonly Printed[]) => Promise<void>): Promise<void> {
  for await (const printed of log.printed()) await onPrinted(printed);
}
