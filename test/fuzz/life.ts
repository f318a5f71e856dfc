// A life of a server in memory, as its limits see it: its steady clock, its rates, what a turn brought, the epochs that it began.
//
// The steady clock is read from LI26 alone: it goes as the wall clock goes from turn to turn, and stands still where that one is
// set back.

import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { Violation } from "../sim/violation.ts";
import { RateModel, type Certainty, type Rate } from "./rate-model.ts";

/** CU27. */
const EPOCH_MILLIS = 60_000;

export class Life {
  readonly rates: RateModel;
  steadyMillis = 0;
  #wallMillis: number | undefined;
  /** Clients that somebody reported in this turn. */
  readonly #reported = new Set<string>();
  /** Clients that a frame of this turn may have brought. */
  readonly #framed = new Set<string>();
  /** Clients that may have been forgotten in this turn. */
  readonly #forgotten = new Set<string>();
  /** By client: whose report may have brought it in this turn. */
  readonly #bringers = new Map<string, Set<Rate>>();
  /** When it began an epoch at a neighbour's word. */
  #epochMillis = -Infinity;
  #hasHeardSync = true;

  constructor(limits: HerdConfig["limits"]) {
    this.rates = new RateModel(limits);
  }

  /** It looks at its clock. */
  tick(wallMillis: number): void {
    this.steadyMillis += Math.max(0, wallMillis - (this.#wallMillis ?? wallMillis));
    this.#wallMillis = wallMillis;
  }

  beginTurn(wallMillis: number): void {
    this.tick(wallMillis);
    this.#reported.clear();
    this.#framed.clear();
    this.#forgotten.clear();
    this.#bringers.clear();
  }

  /** A frame has a report of this client. */
  frame(client: string): void {
    this.#framed.add(client);
  }

  /** The client is forgotten, or may be: nobody can tell whether it is known, nor who brought it. */
  forget(client: string): void {
    this.#forgotten.add(client);
  }

  /** Whether the server knows this client by now. `isHeld`: it did when the turn began. */
  knows(client: string, isHeld: boolean): Certainty {
    if (this.#forgotten.has(client)) return "maybe";
    return isHeld || this.#reported.has(client) || (this.#framed.has(client) ? "maybe" : false);
  }

  /** A report is heard, or may be. */
  report(client: string, rate: Rate | undefined, isHeld: boolean, isSure: boolean): void {
    if (isSure) this.#reported.add(client);
    else this.#framed.add(client);
    if (isHeld && !this.#forgotten.has(client)) return;
    const bringers = this.#bringers.get(client) ?? new Set();
    // No rate is nobody's.
    bringers.add(rate ?? NOBODY);
    this.#bringers.set(client, bringers);
  }

  /** The turn is over: who has brought clients pays for them. */
  endTurn(): void {
    for (const [client, bringers] of this.#bringers) {
      const isSure = bringers.size === 1 && !this.#framed.has(client) && !this.#forgotten.has(client);
      for (const rate of bringers) if (rate !== NOBODY) this.rates.bring(rate, this.steadyMillis, isSure);
    }
  }

  /** Powell has said a SYNC that the server takes. */
  hearSync(): void {
    this.#hasHeardSync = true;
  }

  beginEpoch(): void {
    const millis = this.steadyMillis - this.#epochMillis;
    if (millis < EPOCH_MILLIS) throw new Violation("epochs", `another epoch after ${millis} ms`);
    if (!this.#hasHeardSync) throw new Violation("epochs", "another epoch, and no other SYNC came between");
    this.#hasHeardSync = false;
    this.#epochMillis = this.steadyMillis;
  }
}

const NOBODY: Rate = {
  names: new Map(),
  asker: new Map(),
  commands: undefined,
  refusals: undefined,
  whatsats: undefined,
};
