// `wrangler dev` as a child process.
//
// The herd to run may be another one than herd.config.json: its TCP ports then go into a generated configuration, beside
// the state, and the whole herd into the variable HERD_CONFIG.
//
// Facts, 2026-11-22: `wrangler dev` has no flag for `[[connect]]` ports; by default it records every message as a trace and
// is then five to a hundred times slower; its inspector's proxy opens a connection of its own for each line that is logged,
// keeps the lines for ever, and is out of files after some ten thousand; it is a launcher, a Node process and workerd, so it is started as a group of
// its own and ended as a group.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { experimental_readRawConfig } from "wrangler";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { hostedTcpPorts } from "../../src/cli/net/herd-file.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
/** Wherever it is installed: beside this package, if this is installed itself. */
const WRANGLER = resolve(dirname(createRequire(import.meta.url).resolve("wrangler")), "../bin/wrangler.js");

/** Time that the processes have to end by themselves. */
const STOP_MILLIS_MAX = 5000;

export interface WranglerDevOptions {
  readonly config: HerdConfig;
  /** For HTTP and WebSocket. */
  readonly port: number;
  /** Directory in which the Durable Objects are kept. */
  readonly state: string;
  readonly logLevel: string;
  /** Secrets; the file need not exist. */
  readonly secretsFile: string;
  /** Hears each line that is printed, of both outputs. */
  readonly onLine: (line: string) => void;
}

export class WranglerDev {
  /** Settles when the herd takes connections. */
  readonly ready: Promise<void>;
  /** Settles with the exit code when all is over. */
  readonly exited: Promise<number>;
  isReady = false;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, onLine: WranglerDevOptions["onLine"]) {
    this.#child = child;
    const { promise, resolve: setReady } = Promise.withResolvers<void>();
    this.ready = promise;
    this.exited = new Promise((settle) => child.once("close", (code) => settle(code ?? 1)));
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        if (!this.isReady && line.includes("Ready on")) {
          this.isReady = true;
          setReady();
        }
        onLine(line);
      });
    }
  }

  /** Ends the whole group: with a request first, and without asking if that does not do. */
  stop(): void {
    this.#signal("SIGTERM");
    const timer = setTimeout(() => this.#signal("SIGKILL"), STOP_MILLIS_MAX);
    void this.exited.then(() => clearTimeout(timer));
  }

  /** Ends the whole group as a power cut does. */
  kill(): void {
    this.#signal("SIGKILL");
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // All gone already.
    }
  }
}

export async function startWranglerDev(options: WranglerDevOptions): Promise<WranglerDev> {
  const { port, state, logLevel, secretsFile, onLine } = options;
  const configFile = await writeWranglerConfig(options);
  const args = ["dev", "--config", configFile, "--port", String(port), "--inspector-port", "0"];
  // Wrangler would look for .dev.vars beside the generated file.
  if (existsSync(secretsFile)) args.push("--env-file", resolve(secretsFile));
  const child = spawn(
    process.execPath,
    [
      WRANGLER,
      ...args,
      "--persist-to",
      resolve(state),
      "--var",
      `LOG_LEVEL:${logLevel}`,
      "--show-interactive-dev-session=false",
    ],
    {
      cwd: PROJECT,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        X_LOCAL_OBSERVABILITY: "false",
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        // Says that a debugger attaches by itself: the one way to have no inspector's proxy.
        VSCODE_INSPECTOR_OPTIONS: "{}",
        WRANGLER_SEND_METRICS: "false",
      },
    },
  );
  return new WranglerDev(child, onLine);
}

/** wrangler.toml, with the paths made absolute and the herd that is to run in place of the bundled one. */
async function writeWranglerConfig({ config, state }: WranglerDevOptions): Promise<string> {
  const { rawConfig } = experimental_readRawConfig({ config: resolve(PROJECT, "wrangler.toml") });
  const file = resolve(state, "wrangler.json");
  const generated = {
    ...rawConfig,
    main: resolve(PROJECT, rawConfig.main ?? ""),
    assets: { ...rawConfig.assets, directory: resolve(PROJECT, rawConfig.assets?.directory ?? "") },
    connect: hostedTcpPorts(config).map((port) => ({ protocol: "tcp", port })),
    vars: { ...rawConfig.vars, HERD_CONFIG: JSON.stringify(config), HERD_LOCAL: "yes" },
  };
  await mkdir(resolve(state), { recursive: true });
  await writeFile(file, JSON.stringify(generated, null, 2));
  return file;
}
