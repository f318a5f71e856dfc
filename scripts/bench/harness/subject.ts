// What a benchmark is made of.
//
// A subject says what is measured. When it is prepared it is a trial: a run of the herd, a run of the baseline that the herd is
// judged beside, and other runs that are shown for comparison. A baseline is a floor (the least that the platform can do, see
// floor-worker.ts), the herd without the work that is measured, or the paper's design in plain Node. A round runs each of them
// once, so all meet the same machine, and a ratio is taken within a round.

import type { Testbed } from "../testbed/testbed.ts";

/** What one run measured: the value in the subject's unit, and other numbers. */
export interface Sample {
  readonly value: number;
  /** Other numbers by name, with the unit in the name. */
  readonly also?: Readonly<Record<string, number>>;
}

/** One run. Throws if an answer was wrong: a fast wrong server must not win. */
export type Run = () => Promise<Sample>;

export interface Trial {
  readonly value: Run;
  /** What the value is judged beside. Absent if the target is a number of its own. */
  readonly baseline?: Run;
  /** Shown for comparison. */
  readonly beside?: Readonly<Record<string, Run>>;
  /** Makes the last checks, and ends what only this trial needs. */
  readonly finish?: () => Promise<void>;
}

export interface Subject {
  /** The same as in targets.ts, if it has a target. */
  readonly name: string;
  readonly unit: Unit;
  /** Whether `--quick` has time for it. */
  readonly isQuick: boolean;
  /** Rounds at most, for a subject whose rounds take long. */
  readonly roundsMax?: number;
  readonly prepare: (testbed: Testbed) => Promise<Trial>;
}

/** More is better for `/s` and `%`, less is better for all others. A `%` is judged itself, not as a ratio. */
export const UNITS = ["lines/s", "reports/s", "answers/s", "ms", "µs", "MB", "%"] as const;

export type Unit = (typeof UNITS)[number];
