// Shrinks a failing schedule to what its failure needs. Smaller and smaller parts are left out, as long as the same rule is
// still broken (delta debugging, after Zeller). Then long messages lose lines in the same way.

import type { Action } from "./action.ts";
import type { Schedule } from "./schedule.ts";
import { simulate, type Outcome, type Planted } from "./simulate.ts";

/** Most runs that one shrinking may take. */
const RUNS_MAX = 3_000;

export interface Shrunk {
  readonly schedule: Schedule;
  readonly outcome: Outcome;
}

/** `schedule` is one that fails. */
export function shrink(schedule: Schedule, planted: Planted = {}): Shrunk {
  let best: Shrunk = { schedule, outcome: simulate(schedule, undefined, planted) };
  const { violation } = best.outcome;
  if (violation === undefined) throw new Error("Cannot shrink a schedule that does not fail");
  let runs = 0;
  /** Keeps these actions if they still fail. */
  const isEnough = (actions: readonly Action[]): boolean => {
    if (++runs > RUNS_MAX) return false;
    const smaller = { ...schedule, actions };
    const outcome = simulate(smaller, undefined, planted);
    if (outcome.violation?.rule !== violation.rule) return false;
    best = { schedule: smaller, outcome };
    return true;
  };
  leaveOut(schedule.actions, isEnough);
  best.schedule.actions.forEach((action, index) => {
    if (action.do !== "say" || action.lines.length === 1) return;
    leaveOut(action.lines, (lines) => isEnough(best.schedule.actions.with(index, { ...action, lines })));
  });
  return best;
}

/** Leaves out halves, then quarters and so on, of the shortest list that still fails. */
export function leaveOut<Value>(values: readonly Value[], isEnough: (values: readonly Value[]) => boolean): void {
  let kept = values;
  for (let size = Math.ceil(kept.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let from = 0;
    while (from < kept.length) {
      const fewer = kept.toSpliced(from, size);
      if (fewer.length > 0 && isEnough(fewer)) kept = fewer;
      else from += size;
    }
  }
}
