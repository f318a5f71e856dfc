// A herd that takes part: the plain one or this one, with the same verbs for both.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseHerdConfig, type HerdConfig } from "../../src/core/config/herd-config.ts";
import bundled from "../../herd.config.json" with { type: "json" };
import { findFreePorts } from "../local/ports.ts";
import { LocalHerd } from "../local/local-herd.ts";

export interface Contestant {
  readonly name: string;
  start(): Promise<void>;
  /** Ends every process at once, as a power cut does. */
  kill(): Promise<void>;
  /** Takes one server away for a while, as each can: by ending its process, or out of service. */
  takeAway(server: string): Promise<void>;
  bringBack(server: string): Promise<void>;
  tcpPort(server: string): number;
}

const SERVER = fileURLToPath(new URL("plain-node-server.ts", import.meta.url));

/** Five processes of plain-node-server.ts. */
export class PlainNode implements Contestant {
  readonly name = "plain Node";
  readonly #ports: ReadonlyMap<string, number>;
  readonly #processes = new Map<string, ChildProcess>();

  private constructor(ports: ReadonlyMap<string, number>) {
    this.#ports = ports;
  }

  static async create(): Promise<PlainNode> {
    const ports = await findFreePorts(bundled.servers.length);
    return new PlainNode(new Map(bundled.servers.map(({ name }, index) => [name, ports[index] ?? 0])));
  }

  async start(): Promise<void> {
    await Promise.all(bundled.servers.map(({ name }) => this.bringBack(name)));
  }

  async kill(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((server) => this.takeAway(server)));
  }

  async takeAway(server: string): Promise<void> {
    const child = this.#processes.get(server);
    if (child === undefined) return;
    this.#processes.delete(server);
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
  }

  async bringBack(server: string): Promise<void> {
    const neighbours = bundled.servers.find(({ name }) => name === server)?.neighbours ?? [];
    const links = neighbours.map((neighbour) => `${neighbour}=${this.tcpPort(neighbour)}`);
    const args = [SERVER, server, String(this.tcpPort(server)), ...links];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#processes.set(server, child);
    await once(createInterface({ input: child.stdout }), "line");
    child.stdout.resume();
  }

  tcpPort(server: string): number {
    return this.#ports.get(server) ?? 0;
  }
}

/** This herd, as `npm start` runs it. */
export class ThisHerd implements Contestant {
  readonly name = "this herd";
  readonly #config: HerdConfig;
  readonly #port: number;
  readonly #directory: string;
  #herd: LocalHerd | undefined;

  private constructor(config: HerdConfig, port: number, directory: string) {
    this.#config = config;
    this.#port = port;
    this.#directory = directory;
  }

  /** Keeps what it holds in this directory. */
  static async create(directory: string): Promise<ThisHerd> {
    const [port = 0, ...tcpPorts] = await findFreePorts(bundled.servers.length + 1);
    const servers = bundled.servers.map((server, index) => ({ ...server, tcpPort: tcpPorts[index] }));
    return new ThisHerd(parseHerdConfig({ ...bundled, servers }), port, directory);
  }

  async start(): Promise<void> {
    this.#herd = await LocalHerd.start({
      config: this.#config,
      port: this.#port,
      state: join(this.#directory, "state"),
      logLevel: "events",
      secretsFile: join(this.#directory, "no-secrets"),
      onLine: () => undefined,
    });
    await Promise.race([this.#herd.ready, this.#herd.exited]);
    if (!this.#herd.isReady) throw new Error("Cannot compare: this herd did not start; does `npm start`?");
  }

  async kill(): Promise<void> {
    this.#herd?.kill();
    await this.#herd?.exited;
  }

  takeAway(server: string): Promise<void> {
    return this.#post(`${server}/down`);
  }

  bringBack(server: string): Promise<void> {
    return this.#post(`${server}/up`);
  }

  tcpPort(server: string): number {
    return this.#config.servers.find(({ name }) => name === server)?.tcpPort ?? 0;
  }

  async #post(path: string): Promise<void> {
    const response = await fetch(`http://localhost:${this.#port}/servers/${path}`, { method: "POST" });
    if (!response.ok) throw new Error(`Cannot compare: /servers/${path} answered HTTP ${response.status}`);
  }
}
