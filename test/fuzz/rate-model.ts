// The limits by rate, read a second time (LI2 to LI4, LI14, LI22 to LI24, LI28, LI29): what a server must hear, and what not.
//
// It has the server's steady clock (LI26). What it cannot know, such as whether a neighbour told of a client in the same turn,
// makes a bucket uncertain: it then has between `least` and `most` tokens, and an answer may be either.

import type { HerdConfig } from "../../src/core/config/herd-config.ts";

type Limits = HerdConfig["limits"];

/** Whether something is so. */
export type Certainty = true | false | "maybe";

/** In how many milliseconds a line may be said again: between these. */
export interface Wait {
  readonly least: number;
  readonly most: number;
}

export interface RatedSpeaker {
  readonly address: string | undefined;
  readonly subject: string | undefined;
  readonly isPost: boolean;
}

const SECONDS_OF_MINUTE = 60;

/** Tokens of a rate that a double does not hold exactly. */
const UNSURE_TOKENS = 1e-6;

class Bucket {
  readonly #perMilli: number;
  readonly #burst: number;
  readonly #isExact: boolean;
  /** How far a double may be from what the bucket has. */
  #unsure = 0;
  #least: number;
  #most: number;
  #atMillis: number;

  constructor(perMilli: number, burst: number, nowMillis: number) {
    this.#perMilli = perMilli;
    this.#burst = burst;
    this.#isExact = Number.isInteger(perMilli * 2 ** 16);
    this.#least = burst;
    this.#most = burst;
    this.#atMillis = nowMillis;
  }

  has(tokens: number, nowMillis: number): Certainty {
    this.#refill(nowMillis);
    if (this.#least - this.#unsure >= tokens) return true;
    return this.#most + this.#unsure >= tokens ? "maybe" : false;
  }

  spend(tokens: number, isSure: boolean, nowMillis: number): void {
    this.#refill(nowMillis);
    this.#least -= tokens;
    if (isSure) this.#most -= tokens;
  }

  waitOf(nowMillis: number): Wait {
    this.#refill(nowMillis);
    const millisOf = (tokens: number) => Math.max(0, (1 - tokens) / this.#perMilli);
    return { least: millisOf(this.#most + this.#unsure), most: millisOf(this.#least - this.#unsure) };
  }

  #refill(nowMillis: number): void {
    const more = (nowMillis - this.#atMillis) * this.#perMilli;
    if (more > 0) this.#unsure = this.#isExact || this.#least + more > this.#burst + UNSURE_TOKENS ? 0 : UNSURE_TOKENS;
    this.#least = Math.min(this.#burst, this.#least + more);
    this.#most = Math.min(this.#burst, this.#most + more);
    this.#atMillis = nowMillis;
  }
}

/** Buckets that speakers share, each by its name. */
class Shared {
  readonly #perMilli: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number, burst: number) {
    this.#perMilli = perSecond / 1000;
    this.#burst = burst;
  }

  get burst(): number {
    return this.#burst;
  }

  /** Those of one speaker; none if there is no limit. */
  of(names: ReadonlyMap<string, number>, nowMillis: number): Bucket[] {
    if (this.#perMilli === 0) return [];
    return [...names].map(([name, times]) => {
      const known = this.#buckets.get(name) ?? new Bucket(this.#perMilli * times, this.#burst * times, nowMillis);
      this.#buckets.set(name, known);
      return known;
    });
  }
}

interface Rate {
  /** Its address and networks, with how many times as much each may have. */
  readonly names: ReadonlyMap<string, number>;
  readonly asker: ReadonlyMap<string, number>;
  readonly commands: Bucket | undefined;
  readonly refusals: Bucket | undefined;
  readonly whatsats: Bucket | undefined;
}

export class RateModel {
  readonly #limits: Limits;
  readonly #commands: Shared;
  readonly #whatsats: Shared;
  readonly #askers: Shared;
  readonly #newClients: Shared;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#commands = new Shared(limits.addressCommandsPerSecond, limits.addressCommandsBurst);
    this.#whatsats = new Shared(limits.addressWhatsatsPerMinute / SECONDS_OF_MINUTE, limits.addressWhatsatsPerMinute);
    this.#askers = new Shared(limits.whatsatsPerMinute / SECONDS_OF_MINUTE, limits.whatsatsPerMinute);
    this.#newClients = new Shared(limits.addressNewClientsPerMinute / SECONDS_OF_MINUTE, limits.addressNewClientsBurst);
  }

  rateOf({ address, subject, isPost }: RatedSpeaker, nowMillis: number): Rate | undefined {
    if (address === undefined && subject === undefined) return undefined;
    const { commandsPerSecond, commandsBurst, whatsatsPerMinute } = this.#limits;
    const asker = subject === undefined ? `POSTs ${address}` : `subject ${subject}`;
    const isShared = subject !== undefined || isPost;
    const bucket = (perSecond: number, burst: number, isLimited: boolean) =>
      isLimited && perSecond > 0 ? new Bucket(perSecond / 1000, burst, nowMillis) : undefined;
    return {
      names: address === undefined ? new Map() : namesOf(address, this.#limits.addressesOfNetwork),
      asker: new Map(isShared ? [[asker, 1]] : []),
      commands: bucket(commandsPerSecond, commandsBurst, address !== undefined),
      refusals: bucket(commandsPerSecond, commandsBurst, address !== undefined),
      whatsats: bucket(whatsatsPerMinute / SECONDS_OF_MINUTE, whatsatsPerMinute, !isShared),
    };
  }

  /** Takes what a line costs, or work that costs as much as so many. Rates of commands are such that doubles hold them. */
  judge(rate: Rate, cost: number, nowMillis: number): "admitted" | "refused" | "close" {
    const tokens = Math.min(cost, this.#limits.commandsBurst);
    if (!takeAll(rate.commands, tokens, nowMillis))
      return takeAll(rate.refusals, tokens, nowMillis) ? "refused" : "close";
    return this.#takeShared(rate.names, cost, nowMillis) ? "admitted" : "refused";
  }

  /** Whether an address may read a page that costs as much as so many lines (LI15). */
  mayRead(address: string, cost: number, nowMillis: number): boolean {
    return this.#takeShared(namesOf(address, this.#limits.addressesOfNetwork), cost, nowMillis);
  }

  /** After how long a line that was refused may be said again (LN14). */
  waitOf({ commands, names }: Rate, nowMillis: number): Wait {
    return longest([...one(commands), ...this.#commands.of(names, nowMillis)], nowMillis);
  }

  /** Takes a WHATSAT if it may be asked. Whether it may; how long to wait if not. `isSure`: unless it is, it may be refused for another reason. */
  ask(rate: Rate, nowMillis: number, isSure: boolean): { readonly mayAsk: Certainty; readonly wait: Wait } {
    const { names, asker, whatsats } = rate;
    const buckets = [...one(whatsats), ...this.#askers.of(asker, nowMillis), ...this.#whatsats.of(names, nowMillis)];
    const wait = longest(buckets, nowMillis);
    const mayAsk = allHave(buckets, nowMillis);
    if (mayAsk !== false) for (const bucket of buckets) bucket.spend(1, isSure && mayAsk === true, nowMillis);
    return { mayAsk, wait };
  }

  /** Whether it may bring a client that the server does not know, and how long to wait if not. */
  mayBring({ names }: Rate, nowMillis: number): { readonly mayBring: Certainty; readonly wait: Wait } {
    const buckets = this.#newClients.of(names, nowMillis);
    return { mayBring: allHave(buckets, nowMillis), wait: longest(buckets, nowMillis) };
  }

  bring({ names }: Rate, nowMillis: number, isSure: boolean): void {
    for (const bucket of this.#newClients.of(names, nowMillis)) bucket.spend(1, isSure, nowMillis);
  }

  #takeShared(names: ReadonlyMap<string, number>, cost: number, nowMillis: number): boolean {
    const shared = this.#commands.of(names, nowMillis);
    const part = Math.min(cost, this.#commands.burst);
    if (!shared.every((bucket) => bucket.has(part, nowMillis) === true)) return false;
    for (const bucket of shared) bucket.spend(part, true, nowMillis);
    return true;
  }
}

/** An address, and of IPv6 `2001:db8:0:<number>::` its /56 and /48 (LI24). */
function namesOf(address: string, addressesOfNetwork: number): Map<string, number> {
  const names = new Map([[address, 1]]);
  const last = /^2001:db8:0:([0-9a-f]+)::$/.exec(address)?.[1];
  if (last === undefined) return names;
  names.set(`/56 ${Number.parseInt(last, 16) >>> 8}`, addressesOfNetwork);
  return names.set("/48", addressesOfNetwork ** 2);
}

function one(bucket: Bucket | undefined): Bucket[] {
  return bucket === undefined ? [] : [bucket];
}

function takeAll(bucket: Bucket | undefined, tokens: number, nowMillis: number): boolean {
  if (bucket === undefined) return true;
  if (bucket.has(tokens, nowMillis) !== true) return false;
  bucket.spend(tokens, true, nowMillis);
  return true;
}

function allHave(buckets: readonly Bucket[], nowMillis: number): Certainty {
  const have = new Set(buckets.map((bucket) => bucket.has(1, nowMillis)));
  if (have.has(false)) return false;
  return have.has("maybe") ? "maybe" : true;
}

function longest(buckets: readonly Bucket[], nowMillis: number): Wait {
  const waits = buckets.map((bucket) => bucket.waitOf(nowMillis));
  return {
    least: Math.max(0, ...waits.map(({ least }) => least)),
    most: Math.max(0, ...waits.map(({ most }) => most)),
  };
}

export type { Rate };
