// `npm start` as it comes: every line logged to files, one TCP connection that keeps 64 commands under way.
//
// Once beside the same herd that logs no lines, and once beside the paper's design in plain Node, whose servers append each
// line in and out to a log file too. In the end the answers are counted in the log: none may be missing.

import { setTimeout as pause } from "node:timers/promises";
import { sayOverTcp } from "../../local/tcp-lines.ts";
import type { Run, Subject } from "../harness/subject.ts";
import { LineLoad } from "../testbed/line-load.ts";
import type { StartedHerd } from "../testbed/started-herd.ts";
import type { TcpHerd } from "../testbed/tcp-herd.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { iamats } from "../testbed/workload.ts";
import { SERVERS } from "./herds.ts";

/** As many as are under way: each is answered before it reports again. */
const CLIENTS = 64;

const OUTSTANDING = 64;

const ASK_AGAIN_MILLIS = 10;

type Asked = Pick<TcpHerd, "tcpPort" | "end">;

export const defaultRun: readonly Subject[] = [
  {
    name: "npm start, TCP × 64",
    unit: "lines/s",
    isQuick: true,
    prepare: async (testbed) => trialOf(testbed, await testbed.startedHerd("--log-level", "events")),
  },
  {
    name: "beside plain Node: npm start, TCP × 64",
    unit: "lines/s",
    isQuick: false,
    prepare: async (testbed) => trialOf(testbed, await testbed.plainNodeHerd(SERVERS, true)),
  },
];

async function trialOf(testbed: Testbed, beside: Asked) {
  const herd = await testbed.startedHerd();
  const runs = await runsOf(testbed, herd);
  const besideRuns = await runsOf(testbed, beside);
  return {
    value: runs.run,
    baseline: besideRuns.run,
    finish: async () => {
      await Promise.all([runs.load.close(), besideRuns.load.close()]);
      await Promise.all([herd.end(), beside.end()]);
      await checkLog(herd, runs.answers());
    },
  };
}

async function runsOf(testbed: Testbed, herd: Asked) {
  const url = `tcp://127.0.0.1:${herd.tcpPort("Alford")}`;
  const load = await LineLoad.open(
    url,
    { connections: 1, outstanding: OUTSTANDING },
    iamats("Alford", { clients: CLIENTS }),
  );
  let answers = 0;
  const run: Run = async () => {
    const { linesPerSecond, latenciesMillis } = await load.run(testbed.runMillis);
    await floodEnd(herd, `end-${answers}`);
    answers += latenciesMillis.length + 1;
    return { value: linesPerSecond };
  };
  return { load, run, answers: () => answers };
}

/** The flood goes on after the last answer, and would slow the next run down: a last report is known far away. */
async function floodEnd(herd: Asked, client: string): Promise<void> {
  await sayOverTcp(herd.tcpPort("Alford"), `IAMAT ${client} +1+1 1\n`);
  while ((await sayOverTcp(herd.tcpPort("Hamilton"), `WHATSAT ${client} 0.001 1\n`)) === "")
    await pause(ASK_AGAIN_MILLIS);
}

async function checkLog(herd: StartedHerd, answers: number): Promise<void> {
  const logged = (await herd.logOf("Alford")).filter((line) => line.includes('"event":"output","to":"client '));
  if (logged.length !== answers)
    throw new Error(`The log of Alford has ${logged.length} answers, where ${answers} were heard`);
}
