// When a lost connection is tried again: soon, then ever later, and soon again once one has held.
//
// The delays are the core's, those of a server that dials a neighbour (CU4): doubled, with jitter so that the clients of a
// returning server do not all come at once, and capped. A connection that opens and breaks at once is no success, so that
// a server that ends each connection is not dialled without pause. Where there are several servers to try, a failure is
// only counted when each has had its turn. Keeps CL3.

import { retryDelayMillis } from "../core/lib/retry-delay.ts";
import type { ClientSettings } from "./settings.ts";

export type BackOffSettings = Pick<ClientSettings, "retrySecondsMin" | "retrySecondsMax" | "stableSeconds">;

export class BackOff {
  readonly #settings: BackOffSettings;
  /** Servers that are tried in turn. */
  readonly #servers: number;
  #failures = 0;
  #openedMillis: number | undefined;

  constructor(settings: BackOffSettings, servers = 1) {
    this.#settings = settings;
    this.#servers = servers;
  }

  open(nowMillis: number): void {
    this.#openedMillis = nowMillis;
  }

  /** A connection was lost, or could not be made: milliseconds until the next try. `random` is at least 0, less than 1. */
  fail(nowMillis: number, random: number): number {
    const stoodMillis = this.#openedMillis === undefined ? 0 : nowMillis - this.#openedMillis;
    this.#openedMillis = undefined;
    if (stoodMillis >= this.#settings.stableSeconds * 1000) this.#failures = 0;
    const rounds = 1 + Math.floor(this.#failures++ / this.#servers);
    return retryDelayMillis(rounds, this.#settings, random);
  }
}
