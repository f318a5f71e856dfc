// The actions of a run, as data: what clients do and what goes wrong.

import type { ClockPolicy } from "../../src/core/protocol/connection.ts";
import type { FaultKind } from "./options.ts";

/** The moment of a turn at which a crash happens. */
export const CRASH_MOMENTS = [
  "at once",
  "in the commit",
  "in a second commit",
  "before the commit is durable",
  "before the effects",
  "among the effects",
  "after a SYNC",
] as const;

/** Clients with this number or a higher one only watch. */
export const FIRST_WATCHER = 1_001;

export type CrashMoment = (typeof CRASH_MOMENTS)[number];

/** Times are milliseconds from the start of the run. The two ends of a link are in the direction of the feed. */
export type Action = { readonly atMillis: number } & (
  | {
      readonly do: "say";
      readonly client: number;
      readonly server: string;
      readonly lines: readonly string[];
      /** On a connection with `?clock=server`: a client has one of its own for these. */
      readonly clock?: ClockPolicy;
      readonly fault?: FaultKind;
    }
  | { readonly do: "hang up"; readonly client: number; readonly server: string }
  | {
      readonly do: "cut client";
      readonly client: number;
      readonly server: string;
      readonly lateMillis: number;
    }
  | {
      readonly do: "cut";
      readonly from: string;
      readonly to: string;
      /** The messages on their way need some more time. After this part of it, 0 to 1, the rest is lost. */
      readonly keeps: number;
      readonly nearLateMillis: number;
      readonly farLateMillis: number;
    }
  /** `age`: 0 repeats the last dial, 1 the dial before it. */
  | {
      readonly do: "ghost";
      readonly from: string;
      readonly to: string;
      readonly age: number;
      readonly forMillis: number;
    }
  | {
      readonly do: "hold dials";
      readonly from: string;
      readonly to: string;
      readonly forMillis: number;
      readonly byMillis: number;
    }
  /** Dials across the border `hang` until the partition ends, or fail at once. */
  | {
      readonly do: "part";
      readonly side: readonly string[];
      readonly forMillis: number;
      readonly hang: boolean;
    }
  | {
      readonly do: "crash";
      readonly server: string;
      readonly moment: CrashMoment;
      readonly losesStorage: boolean;
      readonly downMillis: number;
      /** How much later the other ends of its connections notice. */
      readonly lateMillis: number;
    }
  /** Half of the watchers at this server read nothing. */
  | { readonly do: "read slowly"; readonly server: string; readonly forMillis: number }
  /** The storage of this server refuses all writes. */
  | { readonly do: "fill storage"; readonly server: string; readonly forMillis: number }
  /** The clock of this server is set, so that it is wrong by so much. */
  | { readonly do: "set clock"; readonly server: string; readonly clockMillis: number }
  /** An operator takes the server out of service, or brings it back. */
  | { readonly do: "service"; readonly server: string; readonly isDrained: boolean }
  | {
      readonly do: "slow";
      readonly server: string;
      readonly forMillis: number;
      readonly turnMillis: number;
    }
);

/** Every server refuses a claim further ahead than this, whatever its clock says. No server refuses one within `SURE`. */
export const AHEAD_SECONDS_REFUSED = 4_200;
export const AHEAD_SECONDS_SURE = 3_000;

/** No server's clock is further behind than this, so no stamp is. */
export const STAMP_SECONDS_BEHIND = 600;

/** Every server stamps a report on a connection with `?clock=server` whose claim is further behind than this. */
export const BEHIND_SECONDS_STAMPED = 2_600_000;
