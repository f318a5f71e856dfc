// How many connections a server and an address may have. One connection more is refused before anything is made for it, or
// takes the place of another one of its address.
//
// The count is of the connections that are open at this moment. It changes where connections come and go, not in the turn
// that hears of it later. A connection without an address comes from the herd's own machine and counts for the server alone. A
// client that vanished is silent, and nothing else tells it from one that has nothing to say. So an address that has all its
// connections gives up the one that has been silent for longest. Keeps LI1, LI13 and LI19.

import type { HerdConfig } from "../config/herd-config.ts";

/** Why there is no room; `status` is an HTTP status. */
export interface ConnectionRefusal {
  readonly status: 429 | 503;
  readonly title: string;
}

export class ConnectionLimits<Key> {
  readonly #limits: HerdConfig["limits"];
  readonly #open = new Map<Key, string | undefined>();
  /** The connections of each address, the one that has been silent for longest first. */
  readonly #addresses = new Map<string, Set<Key>>();
  /** Connections that end by themselves, such as a POST under way. */
  readonly #passing = new Set<Key>();

  constructor(limits: HerdConfig["limits"]) {
    this.#limits = limits;
  }

  /** Why there is no room for one more connection of this address; `undefined` if there is. */
  refusalOf(address: string | undefined): ConnectionRefusal | undefined {
    const { connections, connectionsPerAddress } = this.#limits;
    if (this.#open.size >= connections)
      return { status: 503, title: `The server takes ${connections} connections, and has them` };
    if (this.#isFull(address))
      return {
        status: 429,
        title: `The server takes ${connectionsPerAddress} connections of one address, and has them`,
      };
    return undefined;
  }

  /** The connection to end, so that this address can have one more; `undefined` if it can, or none is to be ended. */
  toGiveUp(address: string | undefined): Key | undefined {
    if (address === undefined || !this.#isFull(address)) return undefined;
    for (const key of this.#addresses.get(address) ?? []) if (!this.#passing.has(key)) return key;
    return undefined;
  }

  /** Counts a connection, whatever the limits say: one that outlived the server's memory is open already. */
  enter(key: Key, address: string | undefined, isPassing = false): void {
    this.#open.set(key, address);
    if (isPassing) this.#passing.add(key);
    if (address === undefined) return;
    const ofAddress = this.#addresses.get(address);
    if (ofAddress === undefined) this.#addresses.set(address, new Set([key]));
    else ofAddress.add(key);
  }

  /** Something came on this connection. */
  heard(key: Key): void {
    const address = this.#open.get(key);
    const ofAddress = address === undefined ? undefined : this.#addresses.get(address);
    if (ofAddress?.delete(key) === true) ofAddress.add(key);
  }

  /** Does nothing for a connection that was not counted, or has left. */
  leave(key: Key): void {
    const address = this.#open.get(key);
    this.#passing.delete(key);
    if (!this.#open.delete(key) || address === undefined) return;
    const ofAddress = this.#addresses.get(address);
    ofAddress?.delete(key);
    if (ofAddress?.size === 0) this.#addresses.delete(address);
  }

  #isFull(address: string | undefined): boolean {
    if (address === undefined) return false;
    return (this.#addresses.get(address)?.size ?? 0) >= this.#limits.connectionsPerAddress;
  }
}
