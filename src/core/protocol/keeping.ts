// How long is known what a client reported: by when it was heard, which is the clock of a server, never by what the client claims.
//
// What is past keeping counts for nothing, wherever it still is: everything that is held is looked at through this before it is shown, counted,
// compared or sent on. That a client was forgotten is known for longer, by as much as servers' clocks may be apart: whatever
// was heard before it is past keeping everywhere by then. Keeps KP1, KP3, KP4,
// KP6 and KP7.

import { forgottenReport } from "./forgetting.ts";
import { heardOf, receiveNanoseconds, receiveSecondsOf } from "./receive-time.ts";
import { forgotTimeOf, isForgotten, type Report } from "./report.ts";
import { formatTime } from "./time.ts";

export interface KeepingOptions {
  /** 0 for ever. */
  readonly limits: { readonly keepSeconds: number };
  readonly peers: { readonly futureSeconds: number };
}

/** What was heard earlier is past keeping in any case: for ever, if it was so under another `limits.keepSeconds`. */
const HEARD_EVER = 0;

export class Keeping {
  /** How long a report is known after it was heard; Infinity for ever. */
  readonly keepMillis: number;
  /** How far the clocks of servers may be apart. */
  readonly apartMillis: number;
  readonly #clock: { readonly nowMillis: number };
  #sinceMillis: number;

  /** `clock`: of the server, POSIX milliseconds. `sinceMillis`: what was heard before is past keeping, whatever its age. */
  constructor({ limits, peers }: KeepingOptions, clock: { readonly nowMillis: number }, sinceMillis = HEARD_EVER) {
    this.keepMillis = limits.keepSeconds === 0 ? Infinity : limits.keepSeconds * 1000;
    this.apartMillis = peers.futureSeconds * 1000;
    this.#clock = clock;
    this.#sinceMillis = sinceMillis;
  }

  /** By the clock of the server, POSIX milliseconds. */
  get nowMillis(): number {
    return this.#clock.nowMillis;
  }

  /** What is known of a client of whom this is held: the report, that it was forgotten, or nothing. */
  of(report: Report): Report | undefined {
    return this.#knownFrom(report, this.#clock.nowMillis - this.keepMillis);
  }

  /** The same at the time at which `next` was heard, if that is later: that counts by the clocks of servers that heard both. */
  beside(report: Report, next: Report): Report | undefined {
    if (this.keepMillis === Infinity && this.#sinceMillis === HEARD_EVER) return report;
    const millis = isForgotten(next) ? this.#clock.nowMillis : Math.max(this.#clock.nowMillis, heardMillis(next));
    return this.#knownFrom(report, millis - this.keepMillis);
  }

  /** Until when all is known that this says; Infinity for ever. POSIX milliseconds. */
  untilMillis(report: Report): number {
    if (!isForgotten(report)) return heardMillis(report) + this.keepMillis;
    return Number(forgotTimeOf(report)) * 1000 + this.keepMillis + this.apartMillis;
  }

  /** What was heard before this is past keeping from now on, whatever its age. POSIX milliseconds. */
  letGoBefore(millis: number): void {
    this.#sinceMillis = Math.max(this.#sinceMillis, millis);
  }

  get sinceMillis(): number {
    return this.#sinceMillis;
  }

  #knownFrom(report: Report, fromMillis: number): Report | undefined {
    const millis = Math.max(fromMillis, this.#sinceMillis);
    if (millis <= 0) return report;
    if (!isForgotten(report) && heardMillis(report) >= millis) return report;
    const forgot = forgotTimeOf(report);
    if (forgot === undefined || Number(forgot) * 1000 + this.apartMillis < millis) return undefined;
    return isForgotten(report) ? report : forgottenReport(report, forgot);
  }
}

/** That the client of this report, which is past keeping, is not known any more from up to when it was heard. Later reports are. */
export function lapseOf(report: Report): Report {
  return forgottenReport(report, formatTime(receiveNanoseconds(heardOf(report.line))));
}

/** POSIX milliseconds, with a fraction. */
function heardMillis({ line }: Report): number {
  return receiveSecondsOf(line) * 1000;
}
