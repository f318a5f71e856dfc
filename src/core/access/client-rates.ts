// How fast clients may speak: a bucket of commands a connection and an address, one of WHATSATs a connection.
//
// A connection without an address comes from the herd's own machine and is not held to any rate. An address keeps its bucket
// until it is full again, connected or not, so that nobody gets a new one by connecting anew. A connection whose
// refused commands empty a bucket of the same size as well, which means more than twice its rate, is to be closed: one
// that only has a slow clock is not. Keeps LI2 to LI4.

import type { HerdConfig } from "../config/herd-config.ts";
import { TokenBucket } from "../lib/token-bucket.ts";

/** What is made of a command: heard, refused, or refused with the connection closed. */
export type RateVerdict = "admitted" | "refused" | "close";

/** The buckets of one connection. `undefined`: no limit. */
export interface ClientRate {
  readonly address: string;
  readonly commands: TokenBucket | undefined;
  readonly refusals: TokenBucket | undefined;
  readonly whatsats: TokenBucket | undefined;
}

/** Buckets of addresses before those that are full are looked for. */
const SWEEP_ADDRESSES_MIN = 1000;

export class ClientRates {
  readonly #limits: HerdConfig["limits"];
  readonly #addresses = new Map<string, TokenBucket>();
  #sweepAt = SWEEP_ADDRESSES_MIN;

  constructor(limits: HerdConfig["limits"]) {
    this.#limits = limits;
  }

  /** How many addresses are remembered. */
  get addressCount(): number {
    return this.#addresses.size;
  }

  /** The rate of a new connection. */
  rateOf(address: string | undefined, nowMillis: number): ClientRate | undefined {
    if (address === undefined) return undefined;
    const { commandsPerSecond, commandsBurst, whatsatsPerMinute } = this.#limits;
    const commands = bucket(commandsPerSecond, commandsBurst, nowMillis);
    const refusals = bucket(commandsPerSecond, commandsBurst, nowMillis);
    const whatsats = bucket(whatsatsPerMinute / 60, whatsatsPerMinute, nowMillis);
    return { address, commands, refusals, whatsats };
  }

  /** Judges the next command of a connection. */
  judge({ address, commands, refusals }: ClientRate, nowMillis: number): RateVerdict {
    if (commands?.take(nowMillis) === false) return refusals?.take(nowMillis) === false ? "close" : "refused";
    return this.admits(address, 1, nowMillis) ? "admitted" : "refused";
  }

  /** Whether so many commands, or what is worth as many, may come from this address now. */
  admits(address: string | undefined, commands: number, nowMillis: number): boolean {
    const { addressCommandsPerSecond, addressCommandsBurst } = this.#limits;
    if (address === undefined || addressCommandsPerSecond === 0) return true;
    return this.#bucketOf(address, nowMillis).take(nowMillis, Math.min(commands, addressCommandsBurst));
  }

  #bucketOf(address: string, nowMillis: number): TokenBucket {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    if (this.#addresses.size >= this.#sweepAt) this.#sweep(nowMillis);
    const { addressCommandsPerSecond, addressCommandsBurst } = this.#limits;
    const made = new TokenBucket(addressCommandsPerSecond, addressCommandsBurst, nowMillis);
    this.#addresses.set(address, made);
    return made;
  }

  #sweep(nowMillis: number): void {
    for (const [address, held] of this.#addresses) if (held.isFull(nowMillis)) this.#addresses.delete(address);
    this.#sweepAt = Math.max(SWEEP_ADDRESSES_MIN, this.#addresses.size * 2);
  }
}

function bucket(perSecond: number, burst: number, nowMillis: number): TokenBucket | undefined {
  return perSecond === 0 ? undefined : new TokenBucket(perSecond, burst, nowMillis);
}
