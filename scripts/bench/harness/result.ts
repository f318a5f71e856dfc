// What the samples of a trial say about its subject, and whether its target holds.
//
// A ratio is taken within each round, and the median of the ratios is judged: what slows a round down slows both of its sides.
// Keeps BM2 and BM4.

import type { Rounds } from "./run-rounds.ts";
import { spreadOf, type Spread } from "./statistics.ts";
import type { Sample, Subject, Unit } from "./subject.ts";
import type { Target } from "./targets.ts";

/** The part of a result that a page shows. */
export interface Measured {
  readonly subject: string;
  readonly unit: Unit;
  /** The median, like `baseline` and the numbers of `beside` and `also`. */
  readonly value: number;
  readonly baseline: number | null;
  /** The median of the rounds' value / baseline. `null` without a baseline, and for a `%`. */
  readonly ratio: number | null;
  /** Of what the target judges: the ratio, or the value if there is no ratio. */
  readonly spread: Spread;
  /** In words; `null` without a target. */
  readonly target: string | null;
  readonly holds: boolean | null;
}

export interface Result extends Measured {
  /** The part of the target that the judged number reaches. 1 or more holds. */
  readonly reach: number | null;
  readonly beside: Readonly<Record<string, number>>;
  /** Other numbers of the herd's runs. */
  readonly also: Readonly<Record<string, number>>;
  readonly rounds: number;
}

export function resultOf(
  { name, unit }: Pick<Subject, "name" | "unit">,
  rounds: Rounds,
  target: Target | undefined,
): Result {
  const values = rounds.value.map(({ value }) => value);
  const baselines = rounds.baseline.map(({ value }) => value);
  const hasBaseline = baselines.length > 0;
  const isRatio = hasBaseline && unit !== "%";
  const ratios = values.map((value, index) => value / (baselines[index] ?? 1));
  const judged = spreadOf(isRatio ? ratios : values);
  const reach = target === undefined ? null : reachOf(target, judged.median);
  return {
    subject: name,
    unit,
    value: spreadOf(values).median,
    baseline: hasBaseline ? spreadOf(baselines).median : null,
    ratio: isRatio ? judged.median : null,
    spread: judged,
    target: target === undefined ? null : targetText(target, isRatio ? undefined : unit),
    holds: reach === null ? null : reach >= 1,
    reach,
    beside: Object.fromEntries([...rounds.beside].map(([name, samples]) => [name, medianOf(samples)])),
    also: alsoOf(rounds.value),
    rounds: values.length,
  };
}

function reachOf(target: Target, judged: number): number {
  return "atLeast" in target ? judged / target.atLeast : target.atMost / judged;
}

function targetText(target: Target, unit: Unit | undefined): string {
  const [sign, limit] = "atLeast" in target ? ["≥", target.atLeast] : ["≤", target.atMost];
  return `${sign} ${limit.toLocaleString("en")} ${unit ?? `× ${target.of}`}`;
}

function medianOf(samples: readonly Sample[]): number {
  return spreadOf(samples.map(({ value }) => value)).median;
}

function alsoOf(samples: readonly Sample[]): Record<string, number> {
  const names = new Set(samples.flatMap(({ also }) => Object.keys(also ?? {})));
  return Object.fromEntries(
    [...names].map((name) => [name, spreadOf(samples.flatMap(({ also }) => also?.[name] ?? [])).median]),
  );
}
