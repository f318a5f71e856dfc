// The simulator as part of the suite: some hundreds of runs, and a proof that it would notice a fault.
//
// `npm run sim` runs any number of seeds. A failure here prints the shrunk schedule that failed as one line. The line goes into
// pinned.ts, with the reason once it is known.

import { describe, expect, it } from "vitest";
import { FAULT_KINDS, faultFreeOptionsOf, optionsOf, type SimOptions } from "./options.ts";
import { PINNED } from "./pinned.ts";
import { scheduleOf, type Schedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";
import { simulate, type Outcome, type Planted } from "./simulate.ts";

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);
const FAULT_FREE_SEEDS = SEEDS.slice(0, 60);

/** What is wrong with a run, and how to see it again; empty if nothing is wrong. */
function complaint(schedule: Schedule): string {
  const { violation } = simulate(schedule);
  if (violation === undefined) return "";
  const shrunk = shrink(schedule);
  return `seed ${schedule.options.seed}: ${violation.message}\nshrunk: ${JSON.stringify(shrunk.schedule)}`;
}

function runOf(options: SimOptions, planted?: Planted): Outcome {
  return simulate(scheduleOf(options), undefined, planted);
}

describe("200 runs with every kind of fault", () => {
  it("[CU14] [CU3] [CU4] [CU5] [RP6] [RP7] [LN5] [WT3] [WT4] [WT11] [WT16] every server comes to hold the newest report of every client, and every watcher knows it", () => {
    const complaints = SEEDS.map((seed) => complaint(scheduleOf(optionsOf(seed)))).filter((text) => text !== "");
    expect(complaints).toEqual([]);
  });

  it("[CU3] they are hard enough: hundreds of events each, and all kinds of faults", () => {
    const seeds = SEEDS.slice(0, 40);
    const outcomes = seeds.map((seed) => runOf(optionsOf(seed)));
    const kinds = new Set(outcomes.flatMap(({ faultCounts }) => [...faultCounts.keys()]));
    const faults = outcomes.map(({ faultCounts }) => [...faultCounts.values()].reduce((sum, count) => sum + count, 0));
    expect(Math.min(...outcomes.map(({ eventCount }) => eventCount))).toBeGreaterThan(500);
    expect(Math.min(...faults)).toBeGreaterThanOrEqual(10);
    expect([...kinds].toSorted()).toEqual([...FAULT_KINDS].toSorted());
  });
});

describe("runs without faults", () => {
  it("[FL2] [FL7] a report costs at most 2 × links − (servers − 1) sends, and none goes back to its source", () => {
    const complaints = FAULT_FREE_SEEDS.map((seed) => complaint(scheduleOf(faultFreeOptionsOf(seed))));
    expect(complaints.filter((text) => text !== "")).toEqual([]);
  });
});

describe("runs that failed once", () => {
  it.each(PINNED)("$title", ({ schedule }) => {
    expect(simulate(schedule).violation).toBeUndefined();
  });
});

describe("the simulator itself", () => {
  it("[CU3] the same seed gives the same run, told or not", () => {
    const schedule = scheduleOf(optionsOf(7));
    const told: string[] = [];
    const [first, second] = [simulate(schedule), simulate(schedule, (line) => told.push(line))];
    expect(second).toEqual(first);
    expect(told.length).toBeGreaterThan(500);
    expect(runOf(optionsOf(8)).hash).not.toBe(first.hash);
  });

  it("[RP7] it notices a report that was answered and never written, and shrinks the run to the one message", () => {
    const { options, actions } = scheduleOf(faultFreeOptionsOf(1));
    const victim = actions.find((action) => action.do === "say")?.server;
    // What others tell the victim, and what it then shows, would take two messages.
    const schedule = { options, actions: actions.filter((action) => action.do === "say" && action.server === victim) };
    const planted: Planted = { filter: (server, batch) => (server === victim ? [] : batch) };
    const { schedule: shrunk, outcome } = shrink(schedule, planted);
    expect(outcome.violation?.rule).toBe("RP7");
    expect(shrunk.actions).toHaveLength(1);
  });

  it("[CU3] it notices one report that a neighbour took and did not write", () => {
    const options: SimOptions = { ...faultFreeOptionsOf(1), links: [["A", "B"]], clients: 1_000 };
    const { actions } = scheduleOf(options);
    const schedule = {
      options,
      actions: actions.filter((action) => action.do === "say" && action.server === "A"),
    };
    let hasDropped = false;
    const planted: Planted = {
      filter: (server, batch) => {
        if (server !== "B" || hasDropped) return batch;
        hasDropped = true;
        return batch.slice(1);
      },
    };
    expect(simulate(schedule).violation).toBeUndefined();
    expect(simulate(schedule, undefined, planted).violation?.rule).toBe("CU3");
  });
});
