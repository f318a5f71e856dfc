// The cost of a load, counted and billed: everything that the command prints and the documentation shows.

import { billOf, type Bill } from "./bill.ts";
import { count, type Counts } from "./count.ts";
import { countedLoad, type CountedLoad, type Load } from "./counted-load.ts";

export interface CostReport {
  readonly load: Load;
  readonly counted: CountedLoad;
  readonly counts: Counts;
  readonly bill: Bill;
}

export interface CostOptions {
  /** Counts so long a time at the load's own rate, however long that takes; by default as long as some seconds allow. */
  readonly windowSeconds?: number | undefined;
  /** See `billOf`. */
  readonly isWithPlan?: boolean;
}

/** Throws if the simulated herd breaks one of its rules. */
export function costOf(load: Load, { windowSeconds, isWithPlan }: CostOptions = {}): CostReport {
  const counted = countedLoad(load, windowSeconds);
  const counts = count(load, counted);
  return { load, counted, counts, bill: billOf(load, counts, isWithPlan) };
}
