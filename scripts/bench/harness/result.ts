// What a contest's samples say about its subject, and whether its target holds.
//
// A ratio is taken within each round and its median judged, so that what slowed one round down slowed both sides of it.

import type { Rounds } from "./contest.ts";
import { spreadOf, type Spread } from "./statistics.ts";
import type { Sample, Subject, Unit } from "./subject.ts";
import type { Target } from "./targets.ts";

export interface Result {
  readonly subject: string;
  readonly unit: Unit;
  /** Median, as are `floor` and those of `beside` and `also`. */
  readonly value: number;
  readonly floor: number | null;
  /** Median of the rounds' value / floor; `null` without a floor. */
  readonly ratio: number | null;
  /** What the target is about: the ratio, or the value where it has no floor. */
  readonly spread: Spread;
  /** In words, `null` where none is set. */
  readonly target: string | null;
  readonly holds: boolean | null;
  /** How much of its target the judged number reaches: 1 or more holds. */
  readonly reach: number | null;
  readonly beside: Readonly<Record<string, number>>;
  /** What else the herd's runs saw. */
  readonly also: Readonly<Record<string, number>>;
  readonly rounds: number;
}

export function resultOf(
  { name, unit }: Pick<Subject, "name" | "unit">,
  rounds: Rounds,
  target: Target | undefined,
): Result {
  const values = rounds.value.map(({ value }) => value);
  const floors = rounds.floor.map(({ value }) => value);
  const hasFloor = floors.length > 0;
  const ratios = values.map((value, index) => value / (floors[index] ?? 1));
  const judged = spreadOf(hasFloor ? ratios : values);
  const reach = target === undefined ? null : reachOf(target, judged.median);
  return {
    subject: name,
    unit,
    value: spreadOf(values).median,
    floor: hasFloor ? spreadOf(floors).median : null,
    ratio: hasFloor ? judged.median : null,
    spread: judged,
    target: target === undefined ? null : targetText(target, hasFloor ? undefined : unit),
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
