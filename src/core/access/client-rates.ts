// How fast clients may speak. Each connection has a bucket of commands, and shares others with its address and networks.
//
// A connection without an address comes from the herd's own machine: only what its token shares holds for it. Refused commands are
// counted in a bucket of the same size. When that is empty too, the client sends at more than twice its rate and the connection
// closes; a client whose clock is a little fast stays connected. Keeps LI2 to LI4, LI14, LI15, LI22 to LI25, LI28 and LI29.

import type { HerdConfig } from "../config/herd-config.ts";
import { TokenBucket } from "../lib/token-bucket.ts";
import { sharersOf, type Sharer } from "./networks.ts";
import { SharedBuckets } from "./shared-buckets.ts";

/** A command is heard, or refused, or refused with the connection closed. */
export type RateVerdict = "admitted" | "refused" | "close";

/** Whose connection it is. */
export interface Speaker {
  /** `undefined` for the herd's own machine. */
  readonly address: string | undefined;
  /** The subject of its token. */
  readonly subject: string | undefined;
  /** Each POST is a connection of its own, and would have a new bucket each time. */
  readonly isPost: boolean;
}

/** The buckets of one connection. */
export interface ClientRate {
  /** Its address and networks; none for the herd's own machine. */
  readonly sharers: readonly Sharer[];
  /** `undefined`: no limit. */
  readonly commands: TokenBucket | undefined;
  readonly refusals: TokenBucket | undefined;
  readonly whatsats: TokenBucket | undefined;
  /** With whom it shares the WHATSATs of a connection: all connections of its subject, or all POSTs of its address. */
  readonly asker: readonly Sharer[];
}

const SECONDS_OF_MINUTE = 60;

export class ClientRates {
  readonly #limits: HerdConfig["limits"];
  readonly #commands: SharedBuckets;
  readonly #whatsats: SharedBuckets;
  /** WHATSATs as of one connection, of those who are no connection. */
  readonly #askers: SharedBuckets;
  readonly #newClients: SharedBuckets;
  readonly #toldBytes: SharedBuckets;

  constructor(limits: HerdConfig["limits"]) {
    this.#limits = limits;
    this.#commands = new SharedBuckets(limits.addressCommandsPerSecond, limits.addressCommandsBurst);
    this.#whatsats = perMinute(limits.addressWhatsatsPerMinute);
    this.#askers = perMinute(limits.whatsatsPerMinute);
    this.#newClients = perMinute(limits.addressNewClientsPerMinute, limits.addressNewClientsBurst);
    this.#toldBytes = new SharedBuckets(limits.addressToldBytesPerSecond, limits.addressToldBytesPerSecond);
  }

  /** How many addresses and networks are remembered for their commands. */
  get addressCount(): number {
    return this.#commands.size;
  }

  /** The rate of a new connection; `undefined` if nothing limits it. */
  rateOf({ address, subject, isPost }: Speaker, nowMillis: number): ClientRate | undefined {
    if (address === undefined && subject === undefined) return undefined;
    const { commandsPerSecond, commandsBurst, whatsatsPerMinute, addressesOfNetwork } = this.#limits;
    const sharers = address === undefined ? [] : sharersOf(address, addressesOfNetwork);
    const hasOwn = address !== undefined;
    const asker =
      subject !== undefined
        ? [{ key: `subject ${subject}`, times: 1 }]
        : isPost && hasOwn
          ? [{ key: `POSTs of ${address}`, times: 1 }]
          : [];
    return {
      sharers,
      commands: hasOwn ? bucket(commandsPerSecond, commandsBurst, nowMillis) : undefined,
      refusals: hasOwn ? bucket(commandsPerSecond, commandsBurst, nowMillis) : undefined,
      whatsats:
        asker.length === 0 ? bucket(whatsatsPerMinute / SECONDS_OF_MINUTE, whatsatsPerMinute, nowMillis) : undefined,
      asker,
    };
  }

  /** Judges the next command of a connection, or work that costs as much as so many. */
  judge({ sharers, commands, refusals }: ClientRate, nowMillis: number, cost = 1): RateVerdict {
    const tokens = Math.min(cost, this.#limits.commandsBurst);
    if (commands?.take(nowMillis, tokens) === false)
      return refusals?.take(nowMillis, tokens) === false ? "close" : "refused";
    return this.#commands.take(sharers, nowMillis, cost) ? "admitted" : "refused";
  }

  /** In how many milliseconds the next command of this connection would be admitted. */
  waitMillis({ sharers, commands }: ClientRate, nowMillis: number): number {
    return Math.max(commands?.waitMillis(nowMillis) ?? 0, this.#commands.waitMillis(sharers, nowMillis));
  }

  /** Whether so many commands, or what costs as much, may come from this address now. */
  admits(address: string | undefined, commands: number, nowMillis: number): boolean {
    if (address === undefined) return true;
    return this.#commands.take(sharersOf(address, this.#limits.addressesOfNetwork), nowMillis, commands);
  }

  /** Takes a WHATSAT: 0 if it may be asked now; otherwise takes nothing, and says in how many milliseconds it may. */
  whatsatWaitMillis({ sharers, whatsats, asker }: ClientRate, nowMillis: number): number {
    const waitMillis = Math.max(
      whatsats?.waitMillis(nowMillis) ?? 0,
      this.#askers.waitMillis(asker, nowMillis),
      this.#whatsats.waitMillis(sharers, nowMillis),
    );
    if (waitMillis > 0) return waitMillis;
    whatsats?.spend(nowMillis, 1);
    this.#askers.spend(asker, nowMillis);
    this.#whatsats.spend(sharers, nowMillis);
    return 0;
  }

  /** In how many milliseconds this connection may bring a client that the server does not know; 0 for now. */
  newClientWaitMillis({ sharers }: ClientRate, nowMillis: number): number {
    return this.#newClients.waitMillis(sharers, nowMillis);
  }

  /** It has brought one. */
  bringClient({ sharers }: ClientRate, nowMillis: number): void {
    this.#newClients.spend(sharers, nowMillis);
  }

  /** How many bytes its watches may tell it now. */
  tellableBytes({ sharers }: ClientRate, nowMillis: number): number {
    return this.#toldBytes.available(sharers, nowMillis);
  }

  /** They have told it so many. */
  tell({ sharers }: ClientRate, nowMillis: number, bytes: number): void {
    this.#toldBytes.spend(sharers, nowMillis, bytes);
  }
}

function perMinute(count: number, burst = count): SharedBuckets {
  return new SharedBuckets(count / SECONDS_OF_MINUTE, burst);
}

function bucket(perSecond: number, burst: number, nowMillis: number): TokenBucket | undefined {
  return perSecond === 0 ? undefined : new TokenBucket(perSecond, burst, nowMillis);
}
