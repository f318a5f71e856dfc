// A herd in workerd as a benchmark uses it: its addresses, its status, and its end.

import type { Miniflare } from "miniflare";
import type { ServerStatus } from "../../../src/core/contract/status.ts";

/** A herd that the benchmark drains has this one. */
export const OPERATOR_TOKEN = "the-operators-token-of-the-benchmark";

export class RunningHerd {
  readonly miniflare: Miniflare;
  /** The directory of its storage. */
  readonly state: string;
  readonly #url: string;
  #isEnded = false;

  private constructor(miniflare: Miniflare, state: string, url: string) {
    this.miniflare = miniflare;
    this.state = state;
    this.#url = url;
  }

  static async of(miniflare: Miniflare, state: string): Promise<RunningHerd> {
    return new RunningHerd(miniflare, state, (await miniflare.ready).href);
  }

  url(server: string): string {
    return `${this.#url}servers/${server}`;
  }

  socketUrl(server: string): string {
    return `${this.url(server).replace("http", "ws")}?unknown=reject`;
  }

  async status(server: string): Promise<ServerStatus> {
    const response = await fetch(this.url(server));
    if (!response.ok) throw new Error(`Cannot read the status of ${server}: HTTP ${response.status}`);
    return (await response.json()) as ServerStatus;
  }

  /** Settles when the Worker is loaded. That starts no server. */
  async loaded(): Promise<void> {
    const response = await fetch(this.url("Nobody"));
    await response.arrayBuffer();
    if (response.status !== 404) throw new Error(`Cannot reach the Worker: HTTP ${response.status}, and not 404`);
  }

  /** The status of every server. */
  async statuses(): Promise<ServerStatus[]> {
    const response = await fetch(`${this.#url}herd`);
    if (!response.ok) throw new Error(`Cannot read the status of the herd: HTTP ${response.status}`);
    const { servers } = (await response.json()) as { readonly servers: readonly { readonly status: ServerStatus }[] };
    return servers.map(({ status }) => status);
  }

  /** Settles when every server holds the reports of all others. Call it when all of them are answered. */
  async converged(): Promise<void> {
    // Each server holds its own reports by then, so what all hold alike is everything. That a neighbour has received something is no
    // measure: it may say so for several frames together, up to seconds later.
    for (;;) {
      const digests = new Set((await this.statuses()).map(({ digest }) => digest));
      if (digests.size === 1 && !digests.has(null)) return;
    }
  }

  /** POSTs lines, and returns their answers. */
  async say(server: string, lines: string): Promise<string> {
    const response = await fetch(`${this.url(server)}?unknown=reject`, { method: "POST", body: lines });
    if (!response.ok) throw new Error(`Cannot say lines to ${server}: HTTP ${response.status}`);
    return response.text();
  }

  /** POSTs an operator's change of a server's service. */
  async post(server: string, change: "drain" | "resume"): Promise<void> {
    const headers = { Authorization: `Bearer ${OPERATOR_TOKEN}` };
    const response = await fetch(`${this.url(server)}/${change}`, { method: "POST", headers });
    if (!response.ok) throw new Error(`Cannot POST ${server}/${change}: HTTP ${response.status}`);
  }

  /** Throws unless the server holds that many clients. */
  async expectClients(server: string, clients: number): Promise<void> {
    const held = (await this.status(server)).clients;
    if (held !== clients) throw new Error(`Cannot trust ${server}: it must hold ${clients} clients, and holds ${held}`);
  }

  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.miniflare.dispose();
  }
}
