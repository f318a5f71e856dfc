// The bundled herd as five deployments. Each server is a process group of its own, which a test can kill like a power cut.
//
// The servers reach each other at their addresses with a shared token, as servers of different accounts do.

import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { vi } from "vitest";
import type { LogLevel } from "../../src/core/contract/log-entry.ts";
import { parseHerdConfig, type HerdConfig } from "../../src/core/config/herd-config.ts";
import type { ServerStatus } from "../../src/core/contract/status.ts";
import bundled from "../../herd.config.json" with { type: "json" };
import { hostOnly } from "../../src/cli/net/herd-file.ts";
import { bundleWorker, type MiniflareHerdOptions } from "../../scripts/local/miniflare-herd.ts";
import { workerOptions } from "../../scripts/local/worker-options.ts";
import { findFreePorts } from "../../scripts/local/ports.ts";
import { isGroup, livingIn } from "../../scripts/local/processes.ts";
import { earlierWorker, type EarlierVersion } from "./earlier-version.ts";

/** The runtime that miniflare starts. */
const WORKERD = join(import.meta.dirname, "../../node_modules/workerd/bin/workerd");

/** What every version knows of a server's configuration. */
const SERVER_FIELDS = new Set(["name", "neighbours", "url", "tcpPort"]);

export class HerdApart {
  /** The configuration for the next start. A running server keeps the one that it was started with. */
  config: HerdConfig;
  /** The servers that start with an earlier version next time. */
  readonly earlier = new Map<string, EarlierVersion>();
  /** How large each file of a server may become, in bytes, when it starts next time. Then its disk is as if it were full. */
  readonly fileBytesMax = new Map<string, number>();
  /** What servers log when they start next time. */
  logLevel: LogLevel = "events";
  readonly token = "the-token-that-this-test-herd-shares";
  /** Read once, so that no server's process needs wrangler. */
  readonly #worker = workerOptions();
  readonly #directory: string;
  readonly #bundle: string;
  readonly #processes = new Map<string, ChildProcess>();
  /** The output of each process since its last start. */
  readonly #printed = new Map<string, string[]>();

  private constructor(config: HerdConfig, directory: string, bundle: string) {
    this.config = config;
    this.#directory = directory;
    this.#bundle = bundle;
  }

  /** Prepares the herd. No server runs yet. `peers` replaces settings of the configuration. */
  static async create(peers: Partial<HerdConfig["peers"]> = {}): Promise<HerdApart> {
    const directory = await mkdtemp(join(tmpdir(), "places-herd-"));
    const count = bundled.servers.length;
    const ports = await findFreePorts(count * 2);
    const servers = bundled.servers.map((server, index) => ({
      ...server,
      url: `http://127.0.0.1:${ports[index]}`,
      tcpPort: ports[count + index],
    }));
    // Miniflare takes only a bundle below the working directory.
    const bundle = join(".wrangler", "test", `${ports[0]}.mjs`);
    await mkdir(join(".wrangler", "test"), { recursive: true });
    await bundleWorker(bundle);
    // On a busy machine a slow server is not away. One that was killed refuses connections at once.
    const nearest = { ...bundled.nearest, answerSeconds: 30 };
    return new HerdApart(
      parseHerdConfig({ ...bundled, servers, nearest, peers: { ...bundled.peers, ...peers } }),
      directory,
      bundle,
    );
  }

  get names(): string[] {
    return this.config.servers.map(({ name }) => name);
  }

  url(name: string): string {
    return this.#server(name).url ?? "";
  }

  tcpPort(name: string): number {
    return this.#server(name).tcpPort ?? 0;
  }

  /** Starts these servers, or all. Settles when they take connections. */
  async start(...names: readonly string[]): Promise<void> {
    await Promise.all((names.length === 0 ? this.names : names).map((name) => this.#start(name)));
  }

  /** Kills a server: SIGKILL to Node and workerd together. Settles when no process is left that holds its ports. */
  async kill(...names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const child = this.#processes.get(name);
        if (child?.pid === undefined) return;
        this.#processes.delete(name);
        await killGroup(child, child.pid);
      }),
    );
  }

  async remove(): Promise<void> {
    await this.kill(...this.names);
    await rm(this.#directory, { recursive: true, force: true });
    await rm(this.#bundle, { force: true });
  }

  /** Lines in, answers out. */
  async say(name: string, lines: string): Promise<string> {
    const response = await fetch(`${this.url(name)}/servers/${name}?unknown=reject`, { method: "POST", body: lines });
    if (!response.ok) throw new Error(`${name} answered HTTP ${response.status}: ${await response.text()}`);
    return response.text();
  }

  /** Reports one IAMAT for each client, `secondsApart` from each other, in one POST. Returns the lines of the answer. */
  async report(name: string, clients: readonly string[], time: number, secondsApart = 0): Promise<string[]> {
    const lines = clients.map(
      (client, index) => `IAMAT ${client} +34.068930-118.445127 ${time + index * secondsApart}\n`,
    );
    return (await this.say(name, lines.join(""))).trimEnd().split("\n");
  }

  /** The AT line that a server holds for each client; `undefined` if it has none. */
  async held(name: string, clients: readonly string[]): Promise<(string | undefined)[]> {
    const answers = await this.say(name, clients.map((client) => `WHATSAT ${client} 0.001 1\n`).join(""));
    const lines = new Map<string, string>();
    for (const line of answers.split("\n")) if (line.startsWith("AT ")) lines.set(line.split(" ")[3] ?? "", line);
    return clients.map((client) => lines.get(client));
  }

  /** All bytes of the files in which the server has its database, as text of one character each. */
  async stored(name: string): Promise<string> {
    const state = join(this.#directory, name);
    const files = (await readdir(state, { recursive: true })).filter((file) => file.includes(".sqlite"));
    const bytes = await Promise.all(files.map((file) => readFileIfThere(join(state, file))));
    return Buffer.concat(bytes).toString("latin1");
  }

  /** The output of a server's process since its last start. */
  printed(name: string): string {
    return (this.#printed.get(name) ?? []).join("\n");
  }

  async status(name: string): Promise<ServerStatus> {
    const response = await fetch(`${this.url(name)}/servers/${name}`);
    return (await response.json()) as ServerStatus;
  }

  /** The memory of a server's processes, Node and workerd together. 0 if the system does not tell. */
  memoryBytes(name: string): number {
    const group = this.#processes.get(name)?.pid;
    if (group === undefined || process.platform !== "linux") return 0;
    return livingIn(group).reduce((bytes, pid) => bytes + residentBytes(pid), 0);
  }

  /** A runtime whose writes fail where a file would become larger: the shell sets the limit, and its signal is ignored. */
  async #limitedRuntime(name: string): Promise<Readonly<Record<string, string>>> {
    const bytes = this.fileBytesMax.get(name);
    if (bytes === undefined) return {};
    const file = join(this.#directory, `${name}.sh`);
    const lines = ["#!/bin/sh", `ulimit -f ${Math.ceil(bytes / 512)}`, "trap '' XFSZ", `exec '${WORKERD}' "$@"`, ""];
    await writeFile(file, lines.join("\n"), { mode: 0o700 });
    return { MINIFLARE_WORKERD_PATH: file };
  }

  #server(name: string): HerdConfig["servers"][number] {
    const server = this.config.servers.find((candidate) => candidate.name === name);
    if (server === undefined) throw new Error(`The herd has no server ${name}`);
    return server;
  }

  async #start(name: string): Promise<void> {
    const hosted = hostOnly(this.config, [name]);
    const version = this.earlier.get(name);
    const options: MiniflareHerdOptions = {
      worker: this.#worker,
      ...(version === undefined
        ? { bundle: this.#bundle, config: hosted }
        : { bundle: await earlierWorker(version), config: asEarlier(hosted) }),
      port: Number(new URL(this.url(name)).port),
      state: join(this.#directory, name),
      bindings: { LOG_LEVEL: this.logLevel, PEER_TOKEN: this.token },
    };
    const child = spawn(process.execPath, ["test/support/herd-host.ts", JSON.stringify(options)], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...(await this.#limitedRuntime(name)) },
    });
    this.#processes.set(name, child);
    const printed: string[] = [];
    this.#printed.set(name, printed);
    await new Promise<void>((resolve, reject) => {
      child.once("close", (code) => reject(new Error(`${name} ended with ${code}:\n${printed.join("\n")}`)));
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on("line", (line) => {
          printed.push(line);
          if (line.startsWith("up at ")) resolve();
        });
    });
  }
}

/** SQLite deletes a file of its own at times. */
async function readFileIfThere(file: string): Promise<Buffer> {
  return readFile(file).catch(() => Buffer.alloc(0));
}

/** Node may be gone before workerd is, and workerd holds the ports of the next start. */
async function killGroup(child: ChildProcess, group: number): Promise<void> {
  const isOver = child.exitCode !== null || child.signalCode !== null;
  const closed = isOver ? undefined : new Promise((resolve) => child.once("close", resolve));
  if (isGroup(group)) process.kill(-group, "SIGKILL");
  await closed;
  await vi.waitUntil(() => !isGroup(group), { timeout: 30_000 });
}

/** Only the servers and their links. Everything else has its default, except the delay before a retry. */
function asEarlier({ servers, peers: { retrySecondsMin, retrySecondsMax } }: HerdConfig): HerdConfig {
  const known = servers.map((server) =>
    Object.fromEntries(Object.entries(server).filter(([field]) => SERVER_FIELDS.has(field))),
  );
  return { servers: known, peers: { retrySecondsMin, retrySecondsMax } } as unknown as HerdConfig;
}

/** The resident memory of a process; 0 if it has ended. */
function residentBytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
