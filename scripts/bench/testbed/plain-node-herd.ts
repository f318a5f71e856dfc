// The paper's herd: a process of plain-node-server.ts for each server. It knows only what is in memory.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { findFreePorts } from "../../local/ports.ts";
import type { Link, TcpHerd } from "./tcp-herd.ts";

const SERVER = fileURLToPath(new URL("plain-node-server.ts", import.meta.url));

export class PlainNodeHerd implements TcpHerd {
  readonly #links: readonly Link[];
  readonly #ports: ReadonlyMap<string, number>;
  readonly #processes = new Map<string, ChildProcess>();

  readonly #logs: string | undefined;

  private constructor(links: readonly Link[], ports: ReadonlyMap<string, number>, logs: string | undefined) {
    this.#links = links;
    this.#ports = ports;
    this.#logs = logs;
  }

  /** `logs`: the directory of the servers' log files; without it they log nothing. */
  static async open(links: readonly Link[], logs?: string): Promise<PlainNodeHerd> {
    const ports = await findFreePorts(links.length);
    const herd = new PlainNodeHerd(links, new Map(links.map(({ name }, index) => [name, ports[index] ?? 0])), logs);
    await herd.#startAll();
    return herd;
  }

  tcpPort(server: string): number {
    return this.#ports.get(server) ?? 0;
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
    const neighbours = this.#links.find(({ name }) => name === server)?.neighbours ?? [];
    const links = neighbours.map((neighbour) => `${neighbour}=${this.tcpPort(neighbour)}`);
    const args = [SERVER, server, String(this.tcpPort(server)), ...links];
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...(this.#logs !== undefined && { PAPER_LOG: join(this.#logs, `${server}.log`) }) },
    });
    this.#processes.set(server, child);
    await once(createInterface({ input: child.stdout }), "line");
    child.stdout.resume();
  }

  async cutPower(): Promise<void> {
    await this.end();
    await this.#startAll();
  }

  async end(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((server) => this.takeAway(server)));
  }

  async #startAll(): Promise<void> {
    await Promise.all(this.#links.map(({ name }) => this.bringBack(name)));
  }
}
