// How fast clients may speak. Each connection has a bucket of commands and a bucket of WHATSATs; each address has a bucket of
// commands for all its connections.
//
// A connection without an address comes from the herd's own machine and has no rate. An address keeps its bucket until the
// bucket is full again, connected or not: nobody gets a new bucket by connecting again. Refused commands are counted in a
// bucket of the same size. When that is empty too, the client sends at more than twice its rate and the connection closes; a
// client whose clock is a little fast stays connected. Keeps LI2 to LI4, LI14 and LI15.

import type { HerdConfig } from "../config/herd-config.ts";
import { TokenBucket } from "../lib/token-bucket.ts";

/** A command is heard, or refused, or refused with the connection closed. */
export type RateVerdict = "admitted" | "refused" | "close";

/** The buckets of one connection. `undefined`: no limit. */
export interface ClientRate {
  readonly address: string;
  readonly commands: TokenBucket | undefined;
  readonly refusals: TokenBucket | undefined;
  readonly whatsats: TokenBucket | undefined;
}

/** With this many addresses, the first search for full buckets begins. */
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

  /** In how many milliseconds the next command of this connection would be admitted. */
  waitMillis({ address, commands }: ClientRate, nowMillis: number): number {
    const ofAddress = this.#addresses.get(address);
    return Math.max(commands?.waitMillis(nowMillis) ?? 0, ofAddress?.waitMillis(nowMillis) ?? 0);
  }

  /** Whether so many commands, or what costs as much, may come from this address now. */
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
