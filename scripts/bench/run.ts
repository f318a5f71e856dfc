// Measures the herd beside what its platform can do at all: `npm run bench`.
//
// It starts what it measures itself. Each subject runs beside its floor, round after round; the table tells the medians of
// the ratios and whether the targets hold. A machine with two cores is enough: workerd takes one, the load the other.

import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { runScript } from "../local/run-script.ts";
import { chartOf } from "./chart.ts";
import { runRounds } from "./contest.ts";
import { startProgress } from "./progress.ts";
import { resultOf, type Result } from "./result.ts";
import { tableOf } from "./result-table.ts";
import { Stage } from "./stage.ts";
import type { Subject } from "./subject.ts";
import { SUBJECTS } from "./subjects/subjects.ts";
import { TARGETS } from "./targets.ts";

interface Options {
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly only?: string;
  readonly svg?: string;
  readonly rounds?: number;
}

const ROUNDS = { quick: 3, full: 7 };
const RUN_MILLIS = { quick: 300, full: 1000 };

/** Shown by the README. */
const PICTURE = "docs/bench.svg";

const program = new Command("npm run bench --")
  .description("Measures the herd beside the floors of its platform.")
  .option("--quick", "the short subjects in a few short rounds: under a minute")
  .option("--only <text>", "subjects whose names contain this")
  .option("--rounds <number>", "rounds of each subject", asCount)
  .option("--svg <file>", `write a picture of the results; a full run writes ${PICTURE}`)
  .option("--json", "print the results as JSON");

await runScript(() => run(program.parse().opts<Options>()));

async function run({ quick = false, json, only = "", svg, rounds: asked }: Options): Promise<boolean> {
  const size = quick ? "quick" : "full";
  const roundsOf = ({ roundsMax = Infinity }: Subject) => Math.min(asked ?? ROUNDS[size], roundsMax);
  const subjects = SUBJECTS.filter(({ isQuick, name }) => (isQuick || !quick) && name.includes(only));
  if (subjects.length === 0) throw new Error(`Cannot find a subject whose name contains ${JSON.stringify(only)}`);
  const stage = await Stage.open({ isQuick: quick, runMillis: RUN_MILLIS[size] });
  // Otherwise what lies in the temporary directory would stay, which is a gigabyte at the largest size.
  process.once("SIGINT", () => void stage.close().finally(() => process.exit(130)));
  const progress = startProgress(subjects.map(roundsOf).reduce((sum, rounds) => sum + rounds, 0));
  const results: Result[] = [];
  try {
    for (const subject of subjects) {
      progress.begin(subject.name);
      const contest = await subject.prepare(stage);
      const rounds = await runRounds(contest, roundsOf(subject), () => progress.step());
      results.push(resultOf(subject, rounds, TARGETS[subject.name]));
    }
  } finally {
    progress.end();
    await stage.close();
  }
  const picture = svg ?? (quick || only !== "" ? undefined : PICTURE);
  if (picture !== undefined) {
    await mkdir(dirname(picture), { recursive: true });
    await writeFile(picture, chartOf(results, machineText()));
  }
  console.log(json ? JSON.stringify(results, null, 2) : `${machineText()}\n${tableOf(results)}`);
  return true;
}

function asCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("Give a whole number above 0.");
  return count;
}

function machineText(): string {
  const cores = cpus();
  return `${cores.length} cores of ${cores[0]?.model ?? "an unknown kind"}, Node ${process.version}`;
}
