// What happens a second, from counters that only grow.
//
// A server that started again counts from nothing: its first rate is then unknown, not negative. Keeps PG3.

import type { CountersStatus } from "../../core/contract/counters.ts";

export interface Rates {
  /** Reports of clients and neighbours that it accepted, a second. */
  readonly accepted: number;
  /** Those of clients alone, a second. */
  readonly heard: number;
  /** Reports that were not newer than what it held, a second: what the guard ends. */
  readonly stale: number;
}

interface Sample {
  readonly incarnation: string;
  readonly atMillis: number;
  readonly accepted: number;
  readonly heard: number;
  readonly stale: number;
}

export class RateMeter {
  readonly #samples = new Map<string, Sample>();

  /** Takes a server's counters; the rates since the last ones, or `undefined` if there were none of the same life. */
  measure(server: string, incarnation: string, counters: CountersStatus, atMillis: number): Rates | undefined {
    const { commands, feedAccepted, feedStale } = counters;
    const heard = commands["IAMAT accepted"] ?? 0;
    const sample = {
      incarnation,
      atMillis,
      accepted: heard + feedAccepted,
      heard,
      stale: (commands["IAMAT stale"] ?? 0) + feedStale,
    };
    const last = this.#samples.get(server);
    this.#samples.set(server, sample);
    if (last === undefined || last.incarnation !== incarnation || atMillis <= last.atMillis) return undefined;
    const seconds = (atMillis - last.atMillis) / 1000;
    const rate = (count: "accepted" | "heard" | "stale") => (sample[count] - last[count]) / seconds;
    return { accepted: rate("accepted"), heard: rate("heard"), stale: rate("stale") };
  }
}
