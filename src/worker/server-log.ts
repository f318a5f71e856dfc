// One server's log: each entry a line of JSON, in three places at once.
//
// Kept in a bounded ring for `/servers/:name/log`, sent to whoever follows that live, and printed to the console, from
// where `npm start` writes the server's log file and Cloudflare's observability indexes it. Keeps LG1.

import type { LogEntry } from "../core/log-entry.ts";
import { closeSocket } from "./websocket-transport.ts";

export class ServerLog {
  readonly #server: string;
  readonly #entriesMax: number;
  readonly #followers = new Set<WebSocket>();
  #lines: string[] = [];

  constructor(server: string, entriesMax: number) {
    this.#server = server;
    this.#entriesMax = entriesMax;
  }

  write(entry: LogEntry, nowMillis: number): void {
    const line = JSON.stringify({ at: new Date(nowMillis).toISOString(), server: this.#server, ...entry });
    this.#lines.push(line);
    // Cut in bulk: shifting an array by one for each line would cost its length each time.
    if (this.#lines.length >= this.#entriesMax * 2) this.#lines = this.#lines.slice(-this.#entriesMax);
    console.log(line);
    for (const follower of this.#followers) this.#tell(follower, line);
  }

  /** The last entries, oldest first, one a line. */
  recent(): string {
    return this.#lines
      .slice(-this.#entriesMax)
      .map((line) => `${line}\n`)
      .join("");
  }

  follow(socket: WebSocket): void {
    this.#followers.add(socket);
  }

  unfollow(socket: WebSocket): void {
    this.#followers.delete(socket);
  }

  /** Closes on all who follow. */
  end(code: number, reason: string): void {
    for (const follower of this.#followers) closeSocket(follower, code, reason);
    this.#followers.clear();
  }

  #tell(follower: WebSocket, line: string): void {
    try {
      follower.send(line);
    } catch {
      this.unfollow(follower);
    }
  }
}
