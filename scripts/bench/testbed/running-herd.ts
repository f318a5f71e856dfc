// A herd in workerd as a benchmark uses it: addresses, what it says of itself, and its end.

import type { Miniflare } from "miniflare";
import type { ServerStatus } from "../../src/core/server/herd-server.ts";

export class RunningHerd {
  readonly miniflare: Miniflare;
  readonly #url: string;
  #isEnded = false;

  private constructor(miniflare: Miniflare, url: string) {
    this.miniflare = miniflare;
    this.#url = url;
  }

  static async of(miniflare: Miniflare): Promise<RunningHerd> {
    return new RunningHerd(miniflare, (await miniflare.ready).href);
  }

  url(server: string): string {
    return `${this.#url}servers/${server}`;
  }

  socketUrl(server: string): string {
    return `${this.url(server).replace("http", "ws")}?unknown=reject`;
  }

  async status(server: string): Promise<ServerStatus> {
    const response = await fetch(this.url(server));
    if (!response.ok) throw new Error(`Cannot read how ${server} stands: HTTP ${response.status}`);
    return (await response.json()) as ServerStatus;
  }

  /** How every server stands. */
  async statuses(): Promise<ServerStatus[]> {
    const response = await fetch(`${this.#url}herd`);
    if (!response.ok) throw new Error(`Cannot read how the herd stands: HTTP ${response.status}`);
    const { servers } = (await response.json()) as { readonly servers: readonly { readonly status: ServerStatus }[] };
    return servers.map(({ status }) => status);
  }

  /** Settles when every server holds what each of the others does. */
  async converged(): Promise<void> {
    // Servers are asked one after the other, so a report may slip through one round of questions, but not through two.
    for (let before = ""; ;) {
      const statuses = await this.statuses();
      const isEverywhere = statuses.every(({ neighbours, lastSeq }) =>
        neighbours.every(({ received }) => received === lastSeq),
      );
      const now = isEverywhere ? statuses.map(({ lastSeq }) => lastSeq).join(" ") : "";
      if (isEverywhere && now === before) return;
      before = now;
    }
  }

  /** Lines in, answers out. */
  async say(server: string, lines: string): Promise<string> {
    const response = await fetch(`${this.url(server)}?unknown=reject`, { method: "POST", body: lines });
    if (!response.ok) throw new Error(`Cannot say lines to ${server}: HTTP ${response.status}`);
    return response.text();
  }

  /** Throws unless the server holds that many clients. */
  async expectClients(server: string, clients: number): Promise<void> {
    const held = (await this.status(server)).clients;
    if (held !== clients) throw new Error(`${server} holds ${held} clients, where ${clients} have reported`);
  }

  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.miniflare.dispose();
  }
}
