// How long a server lets one client wait while it folds its log: a client asks again and again, and many others report.
//
// The reports come at an even pace of half of what the server can take, so long that the log is folded several times. The baseline
// is the same load on the same table, with a log so large that nothing has to be folded.

import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { quantileOf } from "../harness/statistics.ts";
import type { Run, Sample, Subject } from "../harness/subject.ts";
import { LineClient } from "../testbed/line-client.ts";
import { LineLoad } from "../testbed/line-load.ts";
import type { RunningHerd } from "../testbed/running-herd.ts";
import { seed } from "../testbed/seed.ts";
import { readStoredLog, type StoredLog } from "../testbed/stored-log.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { clientName, iamatLine, iamats } from "../testbed/workload.ts";
import { ALONE } from "./herds.ts";

/** With few clients a page takes many reports of the log at once; with many, nearly each report has a page of its own. */
const SIZES = [10_000, 1_000_000];

const LOAD = { connections: 16, outstanding: 8 };

/** Reports of a run: about three times what makes the log half full, when a fold begins. */
const REPORTS = 75_000;

/** A run with a million clients takes a quarter of a minute. */
const LARGE_ROUNDS_MAX = 5;

/** The most that these settings may be: more than the reports of a run take. */
const UNFOLDED = { logBytes: 64_000_000, logCommits: 1_000_000, logIdleBytes: 64_000_000, foldSeconds: 86_400 };

/** The first commit folds the whole log. */
const FOLDED_AT_ONCE = { logBytes: 1, logIdleBytes: 0 };

const FOLDED = {};

export const whileFolding: readonly Subject[] = SIZES.flatMap((clients): Subject[] => {
  const size = clients.toLocaleString("en");
  const shared = { unit: "ms", isQuick: false, ...(clients === 1_000_000 && { roundsMax: LARGE_ROUNDS_MAX }) } as const;
  return [
    {
      ...shared,
      name: `while folding ${size} clients, longest answer`,
      prepare: async (testbed) => {
        const table = await Table.fill(testbed, clients);
        return { value: table.asking(FOLDED, 1), beside: { "nothing folded": table.asking(UNFOLDED, 1) } };
      },
    },
    {
      ...shared,
      name: `while folding ${size} clients, p99`,
      prepare: async (testbed) => {
        const table = await Table.fill(testbed, clients);
        return { value: table.asking(FOLDED, 0.99), baseline: table.asking(UNFOLDED, 0.99) };
      },
    },
  ];
});

/** The stored table of a server, which each run starts with its own settings. */
class Table {
  readonly #testbed: Testbed;
  readonly #clients: number;
  readonly #reportsPerSecond: number;

  private constructor(testbed: Testbed, clients: number, reportsPerSecond: number) {
    this.#testbed = testbed;
    this.#clients = clients;
    this.#reportsPerSecond = reportsPerSecond;
  }

  /** Makes a table of so many clients, and sees how fast its server can take their reports. */
  static async fill(testbed: Testbed, clients: number): Promise<Table> {
    const herd = await startAlone(testbed, clients, FOLDED);
    await seed(herd, "Alford", clients);
    const reports = iamats("Alford", { clients, isScattered: true });
    const load = await LineLoad.open(herd.socketUrl("Alford"), LOAD, reports);
    await load.runLines(REPORTS / 3);
    const { linesPerSecond } = await load.runLines(REPORTS);
    await load.close();
    await herd.end();
    return new Table(testbed, clients, linesPerSecond / 2);
  }

  /** `share` of the answers came within the value. Each run begins with an empty log, whatever the one before has left. */
  asking(storage: object, share: number): Run {
    return async () => {
      const emptying = await startAlone(this.#testbed, this.#clients, FOLDED_AT_ONCE);
      await emptying.say("Alford", iamatLine(clientName(0)));
      await emptying.end();
      const herd = await startAlone(this.#testbed, this.#clients, storage);
      const before = readStoredLog(herd.state);
      const millis = await answersMillis(herd, this.#clients, this.#reportsPerSecond);
      expectFolded(storage === FOLDED, before, readStoredLog(herd.state));
      await herd.end();
      return sampleOf(millis, share, this.#reportsPerSecond);
    };
  }
}

function startAlone(testbed: Testbed, clients: number, storage: object): Promise<RunningHerd> {
  return testbed.startHerd(`folding-${clients}`, parseHerdConfig({ ...ALONE, storage }));
}

/** Asks for one client after the other while all of them report. */
async function answersMillis(herd: RunningHerd, clients: number, reportsPerSecond: number): Promise<number[]> {
  const reports = iamats("Alford", { clients, isScattered: true });
  const load = await LineLoad.open(herd.socketUrl("Alford"), LOAD, reports);
  const asker = await LineClient.open(herd.socketUrl("Alford"));
  const stop = load.startPaced(reportsPerSecond);
  const millis: number[] = [];
  const until = performance.now() + (REPORTS / reportsPerSecond) * 1000;
  for (let since = performance.now(); since < until; since = performance.now()) {
    const client = clientName((millis.length * 7919) % clients);
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

/** A run must begin with an empty log, and have folded most of its commits, or none. */
function expectFolded(isFolded: boolean, before: StoredLog, after: StoredLog): void {
  if (before.bytes > 0) throw new Error(`Cannot compare: a run began with ${before.bytes} bytes in the log`);
  const commits = after.number - before.number;
  const folded = Math.max(0, after.folded - before.number);
  const isRight = isFolded ? folded > commits / 2 : folded === 0;
  if (!isRight)
    throw new Error(
      `Cannot compare: of ${commits} commits, ${folded} were folded; it should be ${isFolded ? "most" : "none"}`,
    );
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
