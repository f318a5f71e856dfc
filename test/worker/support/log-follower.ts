// A server's log, followed live as anyone may: what happened inside is waited for as an event, and counted afterwards.

import type { LogEntry } from "../../../src/core/contract/log-entry.ts";
import { openWebSocket, type WebSocketClient } from "./line-client.ts";

export type LogLine = LogEntry & { readonly at: string; readonly server: string };

export class LogFollower {
  readonly #client: WebSocketClient;

  private constructor(client: WebSocketClient) {
    this.#client = client;
  }

  static async of(server: string): Promise<LogFollower> {
    return new LogFollower(await openWebSocket(`/servers/${server}/log`));
  }

  /** All that was logged since it is followed. */
  get entries(): LogLine[] {
    return this.#client.messages.map((message) => JSON.parse(String(message)) as LogLine);
  }

  /** Waits for an entry that has the event, and holds this text. */
  async hears(event: LogLine["event"], text: string): Promise<void> {
    await this.#client.hears(new RegExp(`"event":"${event}"[^{}]*${text}`));
  }

  /** Follows no longer. */
  async leave(): Promise<void> {
    this.#client.close(1000, "seen enough");
    await this.#client.ends();
  }
}
