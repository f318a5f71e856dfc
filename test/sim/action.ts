// What clients do and what goes wrong, as data.

import type { FaultKind } from "./options.ts";

/** Where in a turn a crash comes. */
export const CRASH_MOMENTS = [
  "at once",
  "in the commit",
  "in a second commit",
  "before the commit is durable",
  "before the effects",
  "among the effects",
  "after a SYNC",
] as const;

/** Clients from this number on only watch. */
export const FIRST_WATCHER = 1_001;

export type CrashMoment = (typeof CRASH_MOMENTS)[number];

/** Times are milliseconds from the start of the run; a link's ends stand in the direction of the feed. */
export type Action = { readonly atMillis: number } & (
  | {
      readonly do: "say";
      readonly client: number;
      readonly server: string;
      readonly lines: readonly string[];
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
      /** Of the time that what is under way still needs, the part after which all is lost; 0 to 1. */
      readonly keeps: number;
      readonly nearLateMillis: number;
      readonly farLateMillis: number;
    }
  /** `age`: 0 repeats the last dial, 1 the one before. */
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
  /** Dials over the border `hang` until the end of it, or fail at once. */
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
      /** How much later its connections hear of it. */
      readonly lateMillis: number;
    }
  /** Half of those who watch at this server read nothing. */
  | { readonly do: "read slowly"; readonly server: string; readonly forMillis: number }
  /** An operator takes it out of service, or brings it back. */
  | { readonly do: "service"; readonly server: string; readonly isDrained: boolean }
  | {
      readonly do: "slow";
      readonly server: string;
      readonly forMillis: number;
      readonly turnMillis: number;
    }
);

/** Claims further ahead than this are refused by every server, whatever its clock; nearer ones than `SURE` by none. */
export const AHEAD_SECONDS_REFUSED = 4_200;
export const AHEAD_SECONDS_SURE = 3_000;
