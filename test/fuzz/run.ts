// Says to the herd whatever may be said: `npm run fuzz -- --cases 1000000`, in two rooms.
//
// The core's room is this process, and takes the cases; its seed tells all of it. The herd's room is workerd, over real
// sockets, and takes one in a hundred of them. Each finding prints its law, and the shrunk input as a line for pinned.ts.

import { parseArgs } from "node:util";
import { Progress } from "../sim/progress.ts";
import { runCore, type CoreOutcome } from "./run-core.ts";
import { runHerd } from "./run-herd.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});

/** Cases of the core's room for one of the herd's: a real socket costs about as much. */
const CORE_CASES_PER_HERD_CASE = 100;

const { seed, only } = values;
const cases = Number(values.cases);
if (!Number.isSafeInteger(cases) || cases < 1 || (only !== undefined && only !== "core" && only !== "herd")) {
  console.error("Give --cases a whole number above 0, and --only core or herd");
  process.exitCode = 1;
} else {
  if (only !== "herd") await core();
  if (only !== "core") await herd(only === "herd" ? cases : Math.ceil(cases / CORE_CASES_PER_HERD_CASE));
}

async function core(): Promise<void> {
  const progress = new Progress(cases, "cases");
  const outcome = await runCore(seed, cases, (done, findings) => progress.show(done, findings));
  progress.clear();
  for (const { file, reached, total } of outcome.blocks)
    console.log(`${String(reached).padStart(5)} of ${String(total).padStart(4)} blocks of ${file}`);
  tellOutcome("core", outcome);
  for (const { law, message, fuzzCase } of outcome.findings)
    console.log(`seed ${seed}, ${law}: ${message}\n${JSON.stringify(fuzzCase)}`);
}

function tellOutcome(room: string, { cases, kept, seconds, findings }: CoreOutcome): void {
  const rate = Math.round(cases / seconds);
  console.log(
    `${room}: ${cases} cases in ${seconds.toFixed(1)} s, ${rate} a second; ${kept} inputs kept; ${findings.length} findings`,
  );
  if (findings.length > 0) process.exitCode = 1;
}

async function herd(count: number): Promise<void> {
  const progress = new Progress(count, "cases");
  const { findings, seconds, told } = await runHerd(seed, count, (done, findings) => progress.show(done, findings));
  progress.clear();
  console.log(`herd: ${count} cases in ${seconds.toFixed(1)} s, ${told}; ${findings.length} findings`);
  for (const finding of findings) console.log(`seed ${seed}, ${finding}`);
  if (findings.length > 0) process.exitCode = 1;
}
