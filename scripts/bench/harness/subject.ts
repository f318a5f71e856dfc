// What a benchmark is made of.
//
// A subject says what is measured. Ready to run it is a contest: the herd's own run, its floor, and whatever else is told
// beside them. A round runs each once; so all sides of a round meet the same machine, and a ratio is taken within a round.

import type { Stage } from "./stage.ts";

/** What one run gave: the value in the contest's unit, and whatever else it saw. */
export interface Sample {
  readonly value: number;
  /** Further numbers by name, units in the names. */
  readonly also?: Readonly<Record<string, number>>;
}

/** One run. Throws if the herd answered anything wrong: a fast wrong server must not win. */
export type Run = () => Promise<Sample>;

export interface Contest {
  readonly value: Run;
  /** What the value is judged beside; absent where the target is a number of its own. */
  readonly floor?: Run;
  /** Shown for comparison. */
  readonly beside?: Readonly<Record<string, Run>>;
  /** Last checks, and the end of what only this contest needs. */
  readonly finish?: () => Promise<void>;
}

export interface Subject {
  /** As in targets.ts, where it has a target. */
  readonly name: string;
  readonly unit: Unit;
  /** Whether `--quick` has time for it. */
  readonly isQuick: boolean;
  /** Rounds at most, for one whose round takes long. */
  readonly roundsMax?: number;
  readonly prepare: (stage: Stage) => Promise<Contest>;
}

/** `/s`: more is better; all others: less is better. */
export type Unit = "lines/s" | "reports/s" | "answers/s" | "ms" | "µs" | "MB";
