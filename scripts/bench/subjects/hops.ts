// How long after its answer a report can be seen at another server, by the number of links between the two.
//
// A client sees the report when a WHATSAT about it is answered. The other server is asked again as soon as it has answered. Each
// report is about a new client, so a WHATSAT costs little until the report is there.

import { setTimeout as sleep } from "node:timers/promises";
import { LineClient } from "../testbed/line-client.ts";
import type { RunningHerd } from "../testbed/running-herd.ts";
import { iamatLine } from "../testbed/workload.ts";
import { quantileOf } from "../harness/statistics.ts";
import type { Testbed } from "../testbed/testbed.ts";
import type { Trial, Run, Sample, Subject } from "../harness/subject.ts";
import { linkedHerd } from "./herds.ts";
import { HerdLoad } from "./whole-herd.ts";

const PATHS = [
  { hops: 1, from: "Alford", to: "Parker" },
  { hops: 2, from: "Alford", to: "Hamilton" },
  { hops: 3, from: "Hamilton", to: "Powell" },
] as const;

/** In the herd with cold links, a link closes after this time without work. */
const COLD_IDLE_SECONDS = 0.05;

const COLD_PAUSE_MILLIS = 150;

/** In an idle herd a report comes after a pause: longer than reports wait for others after a frame (`peers.frameMillis`). */
const IDLE_PAUSE_MILLIS = 100;

export const hops: readonly Subject[] = [
  ...PATHS.map((path) => subjectOf(path, "idle", (testbed) => idle(testbed, path))),
  ...PATHS.map((path) => subjectOf(path, "at half load", (testbed) => atHalfLoad(testbed, path))),
  ...PATHS.map((path) => subjectOf(path, "links cold", (testbed) => cold(testbed, path))),
];

type Path = (typeof PATHS)[number];

function subjectOf({ hops: count }: Path, state: string, prepare: Subject["prepare"]): Subject {
  const name = `flood over ${count} ${count === 1 ? "hop" : "hops"}, ${state}, p99`;
  return { name, unit: "ms", isQuick: count === 3 && state === "idle", prepare };
}

async function idle(testbed: Testbed, path: Path): Promise<Trial> {
  const herd = await testbed.herd("linked", linkedHerd());
  const floor = await LineClient.open(await testbed.floorUrl("commit"));
  const observer = await Observer.open(herd, path);
  const samples = testbed.isQuick ? 50 : 100;
  return {
    value: () => observer.run(samples, IDLE_PAUSE_MILLIS),
    baseline: commitsInARow(floor, path.hops, samples),
    finish: async () => {
      observer.close();
      floor.close();
    },
  };
}

async function atHalfLoad(testbed: Testbed, path: Path): Promise<Trial> {
  const herd = await testbed.herd("linked", linkedHerd());
  const load = await HerdLoad.open(herd);
  const { value: saturated } = await load.run(1, () => herd.converged());
  const observer = await Observer.open(herd, path);
  const samples = testbed.isQuick ? 20 : 100;
  return {
    value: async () => {
      const stop = load.startPaced(saturated / 2);
      const sample = await observer.run(samples, 0);
      await stop();
      return { ...sample, also: { ...sample.also, "load, reports/s": saturated / 2 } };
    },
    finish: async () => {
      observer.close();
      await load.close();
    },
  };
}

async function cold(testbed: Testbed, path: Path): Promise<Trial> {
  const herd = await testbed.herd("cold", linkedHerd({ idleSeconds: COLD_IDLE_SECONDS }));
  const observer = await Observer.open(herd, path);
  return { value: () => observer.run(10, COLD_PAUSE_MILLIS), finish: async () => observer.close() };
}

/** The least that this many hops take: an echo and a commit for each, one after the other. */
function commitsInARow(floor: LineClient, hops: number, samples: number): Run {
  return async () => {
    const millis: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      const since = performance.now();
      for (let hop = 0; hop < hops; hop++) await floor.ask(iamatLine(`hop-${sample}.bench`));
      millis.push(performance.now() - since);
    }
    return sampleOf(millis);
  };
}

let observed = 0;

/** A client that reports at one server, and another one that looks at another server. */
class Observer {
  readonly #from: LineClient;
  readonly #to: LineClient;

  private constructor(from: LineClient, to: LineClient) {
    this.#from = from;
    this.#to = to;
  }

  static async open(herd: RunningHerd, { from, to }: Path): Promise<Observer> {
    return new Observer(await LineClient.open(herd.socketUrl(from)), await LineClient.open(herd.socketUrl(to)));
  }

  async run(samples: number, pauseMillis: number): Promise<Sample> {
    const millis: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      if (pauseMillis > 0) await sleep(pauseMillis);
      const client = `watched-${observed++}.bench`;
      const atLine = await this.#from.ask(iamatLine(client));
      const since = performance.now();
      for (let isSeen = false; !isSeen;)
        isSeen = (await this.#to.ask(`WHATSAT ${client} 0.001 1\n`)).startsWith(atLine);
      millis.push(performance.now() - since);
    }
    return sampleOf(millis);
  }

  close(): void {
    this.#from.close();
    this.#to.close();
  }
}

function sampleOf(millis: readonly number[]): Sample {
  return { value: quantileOf(millis, 0.99), also: { "p50 ms": quantileOf(millis, 0.5) } };
}
