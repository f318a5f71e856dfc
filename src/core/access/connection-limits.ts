// How many connections a server, an address and a network may have. One connection more is refused before anything is made for
// it, or takes the place of another one of its address or network.
//
// The count is of the connections that are open at this moment. It changes where connections come and go, not in the turn
// that hears of it later. A connection without an address comes from the herd's own machine and counts for the server alone. A
// client that vanished is silent, and nothing else tells it from one that has nothing to say. So an address that has all its
// connections gives up the one that has been silent for longest. Keeps LI1, LI13, LI19 and LI24.

import type { HerdConfig } from "../config/herd-config.ts";
import { sharersOf, type Sharer } from "./networks.ts";

/** Why there is no room; `status` is an HTTP status. */
export interface ConnectionRefusal {
  readonly status: 429 | 503;
  readonly title: string;
}

export class ConnectionLimits<Key> {
  readonly #limits: HerdConfig["limits"];
  /** Each with its address and networks. */
  readonly #open = new Map<Key, readonly Sharer[]>();
  /** The connections of each address and network, the one that has been silent for longest first. */
  readonly #shared = new Map<string, Set<Key>>();
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
    const full = this.#fullOf(address);
    if (full === undefined) return undefined;
    const whose = full.times === 1 ? "address" : "network";
    return {
      status: 429,
      title: `The server takes ${connectionsPerAddress * full.times} connections of one ${whose}, and has them`,
    };
  }

  /** The connection to end, so that this address can have one more; `undefined` if it can, or none is to be ended. */
  toGiveUp(address: string | undefined): Key | undefined {
    const full = this.#fullOf(address);
    if (full === undefined) return undefined;
    for (const key of this.#shared.get(full.key) ?? []) if (!this.#passing.has(key)) return key;
    return undefined;
  }

  /** Counts a connection, whatever the limits say: one that outlived the server's memory is open already. */
  enter(key: Key, address: string | undefined, isPassing = false): void {
    const sharers = this.#sharersOf(address);
    this.#open.set(key, sharers);
    if (isPassing) this.#passing.add(key);
    for (const sharer of sharers) {
      const keys = this.#shared.get(sharer.key);
      if (keys === undefined) this.#shared.set(sharer.key, new Set([key]));
      else keys.add(key);
    }
  }

  /** Something came on this connection. */
  heard(key: Key): void {
    for (const sharer of this.#open.get(key) ?? []) {
      const keys = this.#shared.get(sharer.key);
      if (keys?.delete(key) === true) keys.add(key);
    }
  }

  /** Does nothing for a connection that was not counted, or has left. */
  leave(key: Key): void {
    this.#passing.delete(key);
    for (const sharer of this.#open.get(key) ?? []) {
      const keys = this.#shared.get(sharer.key);
      keys?.delete(key);
      if (keys?.size === 0) this.#shared.delete(sharer.key);
    }
    this.#open.delete(key);
  }

  /** The address, or the first of its networks, that has all its connections. */
  #fullOf(address: string | undefined): Sharer | undefined {
    const { connectionsPerAddress } = this.#limits;
    return this.#sharersOf(address).find(
      ({ key, times }) => (this.#shared.get(key)?.size ?? 0) >= connectionsPerAddress * times,
    );
  }

  #sharersOf(address: string | undefined): readonly Sharer[] {
    return address === undefined ? [] : sharersOf(address, this.#limits.addressesOfNetwork);
  }
}
