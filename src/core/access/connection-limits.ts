// How many connections a server and an address may have. One connection more is refused before anything is made for it.
//
// The count is of the connections that are open at this moment. It changes where connections come and go, not in the turn
// that hears of it later. A connection without an address comes from the herd's own machine and counts for the server alone.
// Keeps LI1 and LI13.

import type { HerdConfig } from "../config/herd-config.ts";

/** Why there is no room; `status` is an HTTP status. */
export interface ConnectionRefusal {
  readonly status: 429 | 503;
  readonly title: string;
}

export class ConnectionLimits<Key> {
  readonly #limits: HerdConfig["limits"];
  readonly #open = new Map<Key, string | undefined>();
  readonly #addresses = new Map<string, number>();

  constructor(limits: HerdConfig["limits"]) {
    this.#limits = limits;
  }

  /** Why there is no room for one more connection of this address; `undefined` if there is. */
  refusalOf(address: string | undefined): ConnectionRefusal | undefined {
    const { connections, connectionsPerAddress } = this.#limits;
    if (this.#open.size >= connections)
      return { status: 503, title: `The server takes ${connections} connections, and has them` };
    if (address !== undefined && (this.#addresses.get(address) ?? 0) >= connectionsPerAddress)
      return {
        status: 429,
        title: `The server takes ${connectionsPerAddress} connections of one address, and has them`,
      };
    return undefined;
  }

  /** Counts a connection, whatever the limits say: one that outlived the server's memory is open already. */
  enter(key: Key, address: string | undefined): void {
    this.#open.set(key, address);
    if (address !== undefined) this.#addresses.set(address, (this.#addresses.get(address) ?? 0) + 1);
  }

  /** Does nothing for a connection that was not counted, or has left. */
  leave(key: Key): void {
    const address = this.#open.get(key);
    if (!this.#open.delete(key) || address === undefined) return;
    const left = (this.#addresses.get(address) ?? 0) - 1;
    if (left > 0) this.#addresses.set(address, left);
    else this.#addresses.delete(address);
  }
}
