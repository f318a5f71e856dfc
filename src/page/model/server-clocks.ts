// The clocks of the servers, as their statuses tell them: the age of a report is by the clock of the server that heard it.
//
// A device's own clock may be wrong by hours. It only counts on from what a status said, and stands in where none said
// anything. Keeps PG12.

import { ageSecondsOf } from "../../client/age.ts";
import type { ClientReport } from "../../client/client-report.ts";

/** What a status says of a clock. A server of the version before says nothing. */
interface ToldClock {
  readonly name: string;
  readonly status: { readonly nowMillis?: number } | undefined;
}

export class ServerClocks {
  /** How far each is ahead of the device's clock, in milliseconds. */
  readonly #ahead = new Map<string, number>();

  /** `nowMillis`: by the device's clock, when the statuses came. */
  hear(servers: readonly ToldClock[], nowMillis: number): void {
    for (const { name, status } of servers)
      if (status?.nowMillis !== undefined) this.#ahead.set(name, status.nowMillis - nowMillis);
  }

  /** How many seconds ago it was heard; never negative. `nowMillis`: by the device's clock. */
  ageSecondsOf(report: ClientReport, nowMillis: number): number {
    return ageSecondsOf(report, nowMillis + (this.#ahead.get(report.server) ?? 0));
  }
}
