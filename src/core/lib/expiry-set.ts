// When the permissions of connections end.
//
// The earliest end is kept beside the rest, so that a turn in which nothing ends costs one comparison. It may be that of a
// connection that is gone meanwhile: then a look finds nothing, and the next one. Keeps AC6.

import type { ConnectionId } from "../contract/events.ts";

export class ExpirySet {
  readonly #endMillis = new Map<ConnectionId, number>();
  #nextMillis = Infinity;

  /** Nothing ends earlier; Infinity if nothing ends. POSIX milliseconds. */
  get nextMillis(): number {
    return this.#nextMillis;
  }

  add(connection: ConnectionId, endMillis: number): void {
    this.#endMillis.set(connection, endMillis);
    this.#nextMillis = Math.min(this.#nextMillis, endMillis);
  }

  delete(connection: ConnectionId): void {
    this.#endMillis.delete(connection);
    if (this.#endMillis.size === 0) this.#nextMillis = Infinity;
  }

  /** Those that have ended. */
  expired(nowMillis: number): ConnectionId[] {
    if (nowMillis < this.#nextMillis) return [];
    const expired = [...this.#endMillis].filter(([, endMillis]) => endMillis <= nowMillis).map(([id]) => id);
    for (const connection of expired) this.#endMillis.delete(connection);
    this.#nextMillis = Infinity;
    for (const endMillis of this.#endMillis.values()) this.#nextMillis = Math.min(this.#nextMillis, endMillis);
    return expired;
  }
}
