// When a lost connection is tried again: soon at first, then later each time, and soon again after a connection that lasted.
//
// The waits are those of a server that dials a neighbour (CU4): doubled, capped, and with jitter, because the clients of a
// server that returns must not all come at once. A connection that opens and breaks at once is no success; otherwise a server
// that ends each connection would be dialled without a pause. If there are several servers to try, the wait doubles only when
// each of them was tried. Keeps CL14 and CL15.

import { retryDelayMillis } from "../core/lib/retry-delay.ts";
import type { ClientSettings } from "./settings.ts";

export type BackOffSettings = Pick<ClientSettings, "retrySecondsMin" | "retrySecondsMax" | "stableSeconds">;

export class BackOff {
  readonly #settings: BackOffSettings;
  /** How many servers are tried in turn. */
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

  /** A connection was lost or could not be made. Returns the milliseconds until the next try; `random` is in [0, 1). */
  fail(nowMillis: number, random: number): number {
    const openMillis = this.#openedMillis === undefined ? 0 : nowMillis - this.#openedMillis;
    this.#openedMillis = undefined;
    if (openMillis >= this.#settings.stableSeconds * 1000) this.#failures = 0;
    const rounds = 1 + Math.floor(this.#failures++ / this.#servers);
    return retryDelayMillis(rounds, this.#settings, random);
  }
}
