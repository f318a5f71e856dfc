// This herd over TCP, in one workerd with all of its servers.

import { parseHerdConfig, type HerdConfig } from "../../../src/core/config/herd-config.ts";
import { findFreePorts } from "../../local/ports.ts";
import type { RunningHerd } from "./running-herd.ts";
import type { Link, TcpHerd } from "./tcp-herd.ts";

/** Starts a herd with that configuration on storage that stays the same. */
type Start = (config: HerdConfig) => Promise<RunningHerd>;

export class WorkerdTcpHerd implements TcpHerd {
  readonly #config: HerdConfig;
  readonly #start: Start;
  #herd: RunningHerd;

  private constructor(config: HerdConfig, start: Start, herd: RunningHerd) {
    this.#config = config;
    this.#start = start;
    this.#herd = herd;
  }

  static async open(links: readonly Link[], start: Start): Promise<WorkerdTcpHerd> {
    const ports = await findFreePorts(links.length);
    const servers = links.map(({ name, neighbours }, index) => ({ name, neighbours, tcpPort: ports[index] }));
    const config = parseHerdConfig({ servers });
    return new WorkerdTcpHerd(config, start, await start(config));
  }

  tcpPort(server: string): number {
    return this.#config.servers.find(({ name }) => name === server)?.tcpPort ?? 0;
  }

  takeAway(server: string): Promise<void> {
    return this.#herd.post(server, "drain");
  }

  bringBack(server: string): Promise<void> {
    return this.#herd.post(server, "resume");
  }

  async cutPower(): Promise<void> {
    // Miniflare ends workerd with SIGKILL.
    await this.#herd.end();
    this.#herd = await this.#start(this.#config);
  }

  end(): Promise<void> {
    return this.#herd.end();
  }
}
