// Measures the herd beside its baselines: `npm run bench`. `npm run compare` runs the subjects beside plain Node alone. Keeps BM1, BM4 and BM6.
//
// It starts everything that it measures. Each subject runs beside its baseline, round after round. The table shows the medians of the
// ratios, and whether the targets hold. Two cores are enough: workerd takes one, and the load the other.

import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { runScript } from "../local/run-script.ts";
import { writeRecord } from "./harness/bench-record.ts";
import { chartOf } from "./harness/chart.ts";
import { runRounds } from "./harness/run-rounds.ts";
import { startProgress } from "./harness/progress.ts";
import { resultOf, type Result } from "./harness/result.ts";
import { tableOf } from "./harness/result-table.ts";
import { Testbed } from "./testbed/testbed.ts";
import type { Subject } from "./harness/subject.ts";
import { SUBJECTS } from "./subjects/subjects.ts";
import { TARGETS } from "./harness/targets.ts";

interface Options {
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly only?: string;
  readonly svg?: string;
  readonly rounds?: number;
}

const ROUNDS = { quick: 3, full: 7 };
const RUN_MILLIS = { quick: 300, full: 1000 };

/** docs/benchmark.md shows it. */
const PICTURE = "docs/bench.svg";

const program = new Command("npm run bench --")
  .description("Measures the herd beside the floors of its platform, and beside the paper's design in plain Node.")
  .option("--quick", "the short subjects, in a few short rounds: under a minute")
  .option("--only <text>", "only subjects whose names contain this")
  .option("--rounds <number>", "rounds of each subject", asCount)
  .option(
    "--svg <file>",
    `write a picture of the results; by default a full run writes ${PICTURE}, and docs/benchmark.json`,
  )
  .option("--json", "print the results as JSON");

await runScript(() => run(program.parse().opts<Options>()));

async function run({ quick = false, json, only = "", svg, rounds: asked }: Options): Promise<boolean> {
  const size = quick ? "quick" : "full";
  const roundsOf = ({ roundsMax = Infinity }: Subject) => Math.min(asked ?? ROUNDS[size], roundsMax);
  const subjects = SUBJECTS.filter(({ isQuick, name }) => (isQuick || !quick) && name.includes(only));
  if (subjects.length === 0) throw new Error(`Cannot find a subject whose name contains ${JSON.stringify(only)}`);
  const testbed = await Testbed.open({ isQuick: quick, runMillis: RUN_MILLIS[size] });
  // Otherwise the temporary directory would stay, with a gigabyte at the largest size.
  process.once("SIGINT", () => void testbed.close().finally(() => process.exit(130)));
  const progress = startProgress(subjects.map(roundsOf).reduce((sum, rounds) => sum + rounds, 0));
  const results: Result[] = [];
  try {
    for (const subject of subjects) {
      progress.begin(subject.name);
      const trial = await subject.prepare(testbed);
      const rounds = await runRounds(trial, roundsOf(subject), () => progress.step());
      results.push(resultOf(subject, rounds, TARGETS[subject.name]));
    }
  } catch (error) {
    // A run takes long, and what it has measured is right.
    console.error(`Measured before it failed:\n${tableOf(results)}`);
    throw error;
  } finally {
    progress.end();
    await testbed.close();
  }
  const isForPage = svg === undefined && asked === undefined && !quick && only === "";
  const picture = isForPage ? PICTURE : svg;
  if (picture !== undefined) {
    await mkdir(dirname(picture), { recursive: true });
    await writeFile(picture, chartOf(results, machineText()));
  }
  if (isForPage) await writeRecord({ machine: machineText(), results });
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
