// How long a server lets one client wait while it folds its log: a client asks again and again, and many others report.
//
// The reports come at an even pace of half of what the server can take, so long that the log is folded several times. The baseline
// is the same load on a server whose log is so large that nothing has to be folded.

import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { quantileOf } from "../harness/statistics.ts";
import type { Run, Sample, Subject } from "../harness/subject.ts";
import { LineClient } from "../testbed/line-client.ts";
import { LineLoad } from "../testbed/line-load.ts";
import type { RunningHerd } from "../testbed/running-herd.ts";
import { seed } from "../testbed/seed.ts";
import { readStoredLog, type StoredLog } from "../testbed/stored-log.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { clientName, iamats } from "../testbed/workload.ts";
import { ALONE } from "./herds.ts";

const CLIENTS = 100_000;

const LOAD = { connections: 16, outstanding: 8 };

/** Reports of a run: about three times what makes the log half full, when a fold begins. */
const REPORTS = 75_000;

/** The most that these settings may be: more than the reports of a run take. */
const UNFOLDED = {
  ...ALONE,
  storage: { logBytes: 64_000_000, logCommits: 1_000_000, logIdleBytes: 64_000_000, foldSeconds: 86_400 },
};

export const whileFolding: readonly Subject[] = [
  {
    name: "while folding, longest answer",
    unit: "ms",
    isQuick: false,
    prepare: async (testbed) => {
      const reportsPerSecond = await pace(testbed);
      return {
        value: asking(testbed, reportsPerSecond, "folded", ALONE, 1),
        beside: { "nothing folded": asking(testbed, reportsPerSecond, "unfolded", UNFOLDED, 1) },
      };
    },
  },
  {
    name: "while folding, p99",
    unit: "ms",
    isQuick: false,
    prepare: async (testbed) => {
      const reportsPerSecond = await pace(testbed);
      return {
        value: asking(testbed, reportsPerSecond, "folded", ALONE, 0.99),
        baseline: asking(testbed, reportsPerSecond, "unfolded", UNFOLDED, 0.99),
      };
    },
  },
];

/** Half of what a server takes. */
async function pace(testbed: Testbed): Promise<number> {
  const herd = await testbed.alone(`alone-${CLIENTS}`);
  await seed(herd, "Alford", CLIENTS);
  const load = await LineLoad.open(herd.socketUrl("Alford"), LOAD, iamats("Alford", { clients: CLIENTS }));
  await load.run(testbed.runMillis);
  const { linesPerSecond } = await load.run(testbed.runMillis);
  await load.close();
  return linesPerSecond / 2;
}

let herds = 0;

/** `share` of the answers came within the value. Each run has a new herd: otherwise a log that is not folded would grow from run to run. */
function asking(
  testbed: Testbed,
  reportsPerSecond: number,
  kind: "folded" | "unfolded",
  config: object,
  share: number,
): Run {
  return async () => {
    const herd = await testbed.startHerd(`${kind}-${herds++}`, parseHerdConfig(config));
    await seed(herd, "Alford", CLIENTS);
    const before = readStoredLog(herd.state);
    const millis = await answersMillis(herd, reportsPerSecond);
    expectFolded(kind, before, readStoredLog(herd.state));
    await herd.end();
    return sampleOf(millis, share, reportsPerSecond);
  };
}

/** Asks for one client after the other while all of them report. */
async function answersMillis(herd: RunningHerd, reportsPerSecond: number): Promise<number[]> {
  const reports = iamats("Alford", { clients: CLIENTS, isScattered: true });
  const load = await LineLoad.open(herd.socketUrl("Alford"), LOAD, reports);
  const asker = await LineClient.open(herd.socketUrl("Alford"));
  const stop = load.startPaced(reportsPerSecond);
  const millis: number[] = [];
  const until = performance.now() + (REPORTS / reportsPerSecond) * 1000;
  for (let since = performance.now(); since < until; since = performance.now()) {
    const client = clientName((millis.length * 7919) % CLIENTS);
    const answer = await asker.ask(`WHATSAT ${client} 0.001 1\n`);
    millis.push(performance.now() - since);
    if (!answer.startsWith("AT Alford ") || answer.split(" ", 4)[3] !== client)
      throw new Error(`Wrong answer to WHATSAT ${client}: ${answer}`);
  }
  await stop();
  asker.close();
  await load.close();
  await reports.check(herd, "Alford");
  return millis;
}

/** A run must have folded most of its commits, or none. */
function expectFolded(kind: "folded" | "unfolded", before: StoredLog, after: StoredLog): void {
  const commits = after.number - before.number;
  const folded = Math.max(0, after.folded - before.number);
  const isRight = kind === "folded" ? folded > commits / 2 : folded === 0;
  if (!isRight) throw new Error(`Cannot compare: of ${commits} commits, ${folded} were folded in a run of ${kind}`);
}

function sampleOf(millis: readonly number[], share: number, reportsPerSecond: number): Sample {
  const also = {
    "p50 ms": quantileOf(millis, 0.5),
    "p99 ms": quantileOf(millis, 0.99),
    "longest ms": quantileOf(millis, 1),
    "load, reports/s": reportsPerSecond,
  };
  return { value: quantileOf(millis, share), also };
}
