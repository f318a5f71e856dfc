// What a server takes to answer after it was not in memory, by what it left in its log.
//
// A start reads the log, which may be full after a sudden end. A server that fell idle has folded it before.

import { setTimeout as sleep } from "node:timers/promises";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { quantileOf } from "../harness/statistics.ts";
import type { Run, Sample, Subject } from "../harness/subject.ts";
import type { RunningHerd } from "../testbed/running-herd.ts";
import { LineLoad } from "../testbed/line-load.ts";
import { seed } from "../testbed/seed.ts";
import { readStoredLog } from "../testbed/stored-log.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { iamats, type Iamats } from "../testbed/workload.ts";
import { ALONE } from "./herds.ts";

/** Of the server that falls idle. */
const CLIENTS = 100_000;

/** So many that a log has few reports for each page: it takes long to fold, and comes to be full meanwhile. */
const CLIENTS_FULL = 300_000;

/** Of a server that counts as empty. */
const NEARLY_EMPTY = 10;

const STARTS = 10;

/** Of a run with a full log, which has to be filled before each start. */
const STARTS_FULL = 3;

/** The log counts as nearly full from this share of it on. */
const FULL = 0.85;

const FILLING = { connections: 4, outstanding: 1, linesPerMessage: 500 };

/** Between two looks at the log: a twentieth of it. */
const FILL_REPORTS = 2000;

/** Many times as many as fill the log. */
const FILL_REPORTS_MAX = 1_000_000;

/** How often it is tried to end a server before it has folded a full log. */
const FILLS_MAX = 20;

const LOOK_MILLIS = 50;

/** Longer than a server makes the digest that nobody asks for any more. */
const EVICTION_MILLIS_MAX = 180_000;

/** In wrangler.toml and miniflare-herd.ts. */
const CLASS = "ServerObject";
const WORKER = "places-herd";

const { storage } = parseHerdConfig(ALONE);

export const starts: readonly Subject[] = [
  {
    name: "start after a crash, log full",
    unit: "ms",
    isQuick: false,
    prepare: async (testbed) => {
      const crashing = new CrashingServer(await start(testbed, "crashing"), () => start(testbed, "crashing"));
      const empty = new CrashingServer(await start(testbed, "crashing empty"), () => start(testbed, "crashing empty"));
      await seed(crashing.herd, "Alford", CLIENTS_FULL);
      await seed(empty.herd, "Alford", NEARLY_EMPTY);
      return {
        value: () => crashing.runFull(),
        beside: { "nothing in the log": () => empty.run() },
        finish: async () => {
          await crashing.check();
          await Promise.all([crashing.herd.end(), empty.herd.end()]);
        },
      };
    },
  },
  {
    name: "start after eviction, idle before",
    unit: "ms",
    isQuick: false,
    prepare: async (testbed) => {
      const herd = await testbed.alone(`holding-${CLIENTS}`);
      await seed(herd, "Alford", CLIENTS);
      const workload = iamats("Alford", { clients: CLIENTS, isScattered: true });
      const empty = await testbed.alone("empty");
      await seed(empty, "Alford", NEARLY_EMPTY);
      const folded = startsOf(herd, workload);
      return {
        value: async () => {
          await fill(herd, workload, () => readStoredLog(herd.state).bytes > storage.logIdleBytes);
          return folded();
        },
        baseline: startsOf(empty),
        finish: () => workload.check(herd, "Alford"),
      };
    },
  },
];

/** The time that a server which is not in memory takes to answer an IAMAT. */
export function startsOf(herd: RunningHerd, workload = iamats("Alford", { clients: STARTS })): Run {
  return async () => {
    await untilFolded(herd);
    await report(herd, workload);
    await untilEvicted(herd);
    await report(herd, workload);
    const millis: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      await evict(herd);
      millis.push(await startMillis(herd, workload));
    }
    return { value: quantileOf(millis, 0.5) };
  };
}

function start(testbed: Testbed, label: string): Promise<RunningHerd> {
  return testbed.startHerd(label, parseHerdConfig(ALONE));
}

/**
 * A server whose process ends at once while it reports, and starts again. To take the object out of memory would not do: miniflare
 * waits until it has folded its log (fact, 2026-11-27).
 */
class CrashingServer {
  herd: RunningHerd;
  readonly #start: () => Promise<RunningHerd>;
  readonly #workload = iamats("Alford", { clients: CLIENTS_FULL, isScattered: true });

  constructor(herd: RunningHerd, again: () => Promise<RunningHerd>) {
    this.herd = herd;
    this.#start = again;
  }

  /** Crashes with a full log. */
  runFull(): Promise<Sample> {
    return this.#run(() => this.#crashFull());
  }

  /** Crashes with whatever is in the log, which is little if nobody reports. */
  run(): Promise<Sample> {
    return this.#run(() => this.#crash());
  }

  async check(): Promise<void> {
    await this.#workload.check(this.herd, "Alford");
    await this.herd.expectClients("Alford", CLIENTS_FULL);
  }

  async #run(crash: () => Promise<number>): Promise<Sample> {
    const millis: number[] = [];
    const megabytes: number[] = [];
    for (let starts = 0; starts < STARTS_FULL; starts++) {
      megabytes.push((await crash()) / 1024 / 1024);
      // The Worker is loaded then, and the object is not.
      await this.herd.loaded();
      millis.push(await startMillis(this.herd, this.#workload));
    }
    return { value: quantileOf(millis, 0.5), also: { "log, MB": quantileOf(megabytes, 0.5) } };
  }

  /** Reports until the log is nearly full, and ends the server at once. Returns the bytes that the log has then. */
  async #crashFull(): Promise<number> {
    const isFull = () => readStoredLog(this.herd.state).bytes >= FULL * storage.logBytes;
    for (let times = 0; times < FILLS_MAX; times++) {
      await fill(this.herd, this.#workload, isFull);
      const bytes = await this.#crash();
      // Otherwise it had folded the rest before its end.
      if (bytes >= FULL * storage.logBytes) return bytes;
    }
    throw new Error("Cannot measure a start with a full log: it is folded before the server has ended");
  }

  /** Ends the server at once, and starts its process. Returns the bytes that its log has in between. */
  async #crash(): Promise<number> {
    await this.herd.end();
    const { bytes } = readStoredLog(this.herd.state);
    this.herd = await this.#start();
    return bytes;
  }
}

async function fill(herd: RunningHerd, workload: Iamats, isDone: () => boolean): Promise<void> {
  const load = await LineLoad.open(herd.socketUrl("Alford"), FILLING, workload);
  for (let reports = 0; !isDone(); reports += FILL_REPORTS) {
    if (reports > FILL_REPORTS_MAX) throw new Error("Cannot fill the log: it is folded faster than reports come");
    await load.runLines(FILL_REPORTS);
  }
  await load.close();
}

/** A server that has something to fold does not leave memory, and miniflare waits for that a while only. */
async function untilFolded(herd: RunningHerd): Promise<void> {
  while (readStoredLog(herd.state).bytes > storage.logIdleBytes) await sleep(LOOK_MILLIS);
}

/** Whoever asked for the status of a server of many clients keeps it in memory for a while: it makes the digest of what it holds (HD60). */
async function untilEvicted(herd: RunningHerd): Promise<void> {
  for (const sinceMillis = performance.now(); ;) {
    try {
      return await evict(herd);
    } catch (error) {
      if (performance.now() - sinceMillis > EVICTION_MILLIS_MAX) throw error;
    }
  }
}

/** Throws if the server is not in memory, or if it does not leave it within half a minute (facts, 2026-11-27). */
async function evict(herd: RunningHerd): Promise<void> {
  await herd.miniflare.unsafeEvictDurableObject(WORKER, CLASS, { name: "Alford" });
}

async function startMillis(herd: RunningHerd, workload: Iamats): Promise<number> {
  const since = performance.now();
  await report(herd, workload);
  return performance.now() - since;
}

async function report(herd: RunningHerd, workload: Iamats): Promise<void> {
  const line = workload.next();
  const answer = await herd.say("Alford", line);
  if (!workload.isAnswer(answer.trimEnd(), line)) throw new Error(`Wrong answer to ${line.trimEnd()}: ${answer}`);
}
