// One connection that watches: what it watches, and what it is still to be told.
//
// Of each client at most one line is ready, the newest: a reader that is slow is told where the client is, not where it was,
// and costs one line a client, however fast that moves. What became ready first leaves first. Keeps WT4 and WT5.

import type { ConnectionId } from "../contract/events.ts";

export class Subscriber {
  readonly connection: ConnectionId;
  /** What it watches: clients, and `*`. */
  readonly names = new Set<string>();
  /** Since when it has taken nothing of what is ready, POSIX milliseconds; `undefined` while it takes everything. */
  slowSinceMillis: number | undefined;
  /** By client: what is to be told. */
  readonly #ready = new Map<string, string>();
  /** By client: what it knows from the answer to its WATCH, where others wait to be told the same line. */
  readonly #known = new Map<string, string>();

  constructor(connection: ConnectionId) {
    this.connection = connection;
  }

  /** Clients of whom a line is ready. */
  get readyCount(): number {
    return this.#ready.size;
  }

  /** A line of a client that it watches. */
  add(client: string, line: string): void {
    if (this.#known.get(client) !== line) this.#ready.set(client, line);
    this.#known.delete(client);
  }

  /** It is told this line by the answer to its WATCH. `isToCome`: others are told it later. */
  answer(client: string, line: string, isToCome: boolean): void {
    this.#ready.delete(client);
    if (isToCome) this.#known.set(client, line);
  }

  /** Nothing more is to be told of a client, or, without one, of all those that it does not watch by name. */
  forget(client?: string): void {
    for (const name of client === undefined ? [...this.#ready.keys()] : [client]) {
      if (client === undefined && this.names.has(name)) continue;
      this.#ready.delete(name);
      this.#known.delete(name);
    }
  }

  /** Removes and returns what is ready, up to about so many characters; nothing if there is no room at all. */
  take(characters: number): string[] {
    const lines: string[] = [];
    let left = characters;
    for (const [client, line] of this.#ready) {
      if (left <= 0) break;
      left -= line.length;
      lines.push(line);
      this.#ready.delete(client);
    }
    return lines;
  }
}
