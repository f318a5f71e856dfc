// Runs many seeds: `npm run sim -- --seeds 10000`. The pinned runs come first. One seed in ten runs a second time without
// faults, for FL2's bound.
//
// Each failure prints its seed, its rule, and its shrunk schedule as a line for pinned.ts. `--from` gives the first seed,
// `--stop` ends at the first failure, and `--story SEED` prints what happened in one run.

import { parseArgs } from "node:util";
import { FAULT_KINDS, faultFreeOptionsOf, optionsOf } from "./options.ts";
import { PINNED } from "./pinned.ts";
import { Progress } from "./progress.ts";
import { scheduleOf, type Schedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";

const FAILURES_PRINTED_MAX = 10;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    stop: { type: "boolean", default: false },
    story: { type: "string" },
  },
});

if (values.story === undefined) runSeeds(Number(values.from), Number(values.seeds), values.stop);
else tellStory(Number(values.story));

function runSeeds(from: number, count: number, isToStop: boolean): void {
  const startMillis = performance.now();
  const progress = new Progress(count);
  const faults = new Map(FAULT_KINDS.map((kind) => [kind, 0]));
  let [runs, events, acknowledged, failures] = [0, 0, 0, 0];
  for (let seed = from; seed < from + count; seed++) {
    progress.show(seed - from, failures);
    const schedules = seed === from ? PINNED.map(({ schedule }) => schedule) : [];
    schedules.push(scheduleOf(optionsOf(seed)));
    if (seed % 10 === 0) schedules.push(scheduleOf(faultFreeOptionsOf(seed)));
    for (const schedule of schedules) {
      const outcome = simulate(schedule);
      runs++;
      events += outcome.eventCount;
      acknowledged += outcome.acknowledged;
      for (const [kind, times] of outcome.faultCounts) faults.set(kind, (faults.get(kind) ?? 0) + times);
      if (outcome.violation === undefined) continue;
      if (++failures <= FAILURES_PRINTED_MAX) printFailure(schedule, outcome.violation.message, progress);
    }
    if (isToStop && failures > 0) break;
  }
  progress.clear();
  const seconds = (performance.now() - startMillis) / 1000;
  for (const [kind, times] of faults) console.log(`${String(times).padStart(12)} ${kind}`);
  console.log(`${runs} runs, ${events} events, ${acknowledged} answers with a report, ${seconds.toFixed(1)} s`);
  console.log(`${failures} violations`);
  if (failures > 0) process.exitCode = 1;
}

function printFailure(schedule: Schedule, message: string, progress: Progress): void {
  progress.clear();
  console.log(`seed ${schedule.options.seed}: ${message}`);
  const shrunk = shrink(schedule);
  console.log(`shrunk to ${shrunk.schedule.actions.length} actions: ${shrunk.outcome.violation?.message}`);
  console.log(JSON.stringify(shrunk.schedule));
}

function tellStory(seed: number): void {
  const { violation, eventCount, hash } = simulate(scheduleOf(optionsOf(seed)), (told) => process.stdout.write(told));
  console.log(`${eventCount} events, ${hash}, ${violation?.message ?? "no violation"}`);
}
