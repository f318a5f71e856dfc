// `wrangler dev` as a child process.
//
// The herd may be another one than herd.config.json. So its TCP ports go into a generated configuration beside the state, and the
// whole herd goes into the variable HERD_CONFIG.
//
// Facts, 2026-11-22: `wrangler dev` has no flag for `[[connect]]` ports. By default it records every message as a trace, which makes
// it five to a hundred times slower. The proxy of its inspector opens a connection for each line that is logged, keeps all lines, and
// runs out of files after some ten thousand. It consists of a launcher, a Node process and workerd, so it is started and ended as a
// process group.

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
/** Where wrangler is installed: beside this package, if this package is installed itself. */
const WRANGLER = resolve(dirname(createRequire(import.meta.url).resolve("wrangler")), "../bin/wrangler.js");

/** How long the processes may take to end by themselves. */
const STOP_MILLIS_MAX = 5000;

export interface WranglerDevOptions {
  readonly config: HerdConfig;
  /** For HTTP and WebSocket. */
  readonly port: number;
  /** The directory of the Durable Objects' storage. */
  readonly state: string;
  readonly logLevel: string;
  /** The file of secrets. It need not exist. */
  readonly secretsFile: string;
  /** Gets each line of both outputs. */
  readonly onLine: (line: string) => void;
}

export class WranglerDev {
  /** Settles when the herd takes connections. */
  readonly ready: Promise<void>;
  /** Settles with the exit code when the group has ended. */
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

  /** Asks the whole group to end, and kills it if it does not. */
  stop(): void {
    this.#signal("SIGTERM");
    const timer = setTimeout(() => this.#signal("SIGKILL"), STOP_MILLIS_MAX);
    void this.exited.then(() => clearTimeout(timer));
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // All have ended already.
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
        // This announces a debugger that attaches by itself. There is no other way to switch off the inspector's proxy.
        VSCODE_INSPECTOR_OPTIONS: "{}",
        WRANGLER_SEND_METRICS: "false",
      },
    },
  );
  return new WranglerDev(child, onLine);
}

/** Writes wrangler.toml with absolute paths, and with the herd that is to run in place of the bundled one. */
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
