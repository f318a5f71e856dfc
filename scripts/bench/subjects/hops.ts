// How long after its answer a report is seen at another server, by the links between them.
//
// Seen as a client sees it: a WHATSAT that finds the report has been answered. The other server is asked again as soon as it
// has answered, and each report is of a client that nobody knows, so that asking costs little until the report is there.

import { setTimeout as sleep } from "node:timers/promises";
import { Asker } from "../asker.ts";
import type { RunningHerd } from "../running-herd.ts";
import { iamatLine } from "../workload.ts";
import { quantileOf } from "../statistics.ts";
import type { Stage } from "../stage.ts";
import type { Contest, Run, Sample, Subject } from "../subject.ts";
import { linkedHerd } from "./herds.ts";
import { HerdLoad } from "./whole-herd.ts";

const PATHS = [
  { hops: 1, from: "Alford", to: "Parker" },
  { hops: 2, from: "Alford", to: "Hamilton" },
  { hops: 3, from: "Hamilton", to: "Powell" },
] as const;

/** A link closes after this time without work in the herd whose links are cold. */
const COLD_IDLE_SECONDS = 0.05;

const COLD_PAUSE_MILLIS = 150;

export const hops: readonly Subject[] = [
  ...PATHS.map((path) => subjectOf(path, "idle", (stage) => idle(stage, path))),
  ...PATHS.map((path) => subjectOf(path, "at half load", (stage) => atHalfLoad(stage, path))),
  ...PATHS.map((path) => subjectOf(path, "links cold", (stage) => cold(stage, path))),
];

type Path = (typeof PATHS)[number];

function subjectOf({ hops: count }: Path, state: string, prepare: Subject["prepare"]): Subject {
  const name = `flood over ${count} ${count === 1 ? "hop" : "hops"}, ${state}, p99`;
  return { name, unit: "ms", isQuick: count === 3 && state === "idle", prepare };
}

async function idle(stage: Stage, path: Path): Promise<Contest> {
  const herd = await stage.herd("linked", linkedHerd());
  const floor = await Asker.open(await stage.floorUrl("commit"));
  const watch = await Watch.open(herd, path);
  const samples = stage.isQuick ? 50 : 200;
  return {
    value: () => watch.run(samples, 0),
    floor: commitsInARow(floor, path.hops, samples),
    finish: async () => {
      watch.close();
      floor.close();
    },
  };
}

async function atHalfLoad(stage: Stage, path: Path): Promise<Contest> {
  const herd = await stage.herd("linked", linkedHerd());
  const load = await HerdLoad.open(herd);
  const { value: saturated } = await load.run(1, () => herd.converged());
  const watch = await Watch.open(herd, path);
  const samples = stage.isQuick ? 20 : 100;
  return {
    value: async () => {
      const stop = load.startPaced(saturated / 2);
      const sample = await watch.run(samples, 0);
      await stop();
      return { ...sample, also: { ...sample.also, "load, reports/s": saturated / 2 } };
    },
    finish: async () => {
      watch.close();
      await load.close();
    },
  };
}

async function cold(stage: Stage, path: Path): Promise<Contest> {
  const herd = await stage.herd("cold", linkedHerd({ idleSeconds: COLD_IDLE_SECONDS }));
  const watch = await Watch.open(herd, path);
  return { value: () => watch.run(10, COLD_PAUSE_MILLIS), finish: async () => watch.close() };
}

/** The least that so many hops take: each an echo and a commit, one after the other. */
function commitsInARow(floor: Asker, hops: number, samples: number): Run {
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

let watched = 0;

/** Somebody at one server who reports, and somebody at another one who looks. */
class Watch {
  readonly #from: Asker;
  readonly #to: Asker;

  private constructor(from: Asker, to: Asker) {
    this.#from = from;
    this.#to = to;
  }

  static async open(herd: RunningHerd, { from, to }: Path): Promise<Watch> {
    return new Watch(await Asker.open(herd.socketUrl(from)), await Asker.open(herd.socketUrl(to)));
  }

  async run(samples: number, pauseMillis: number): Promise<Sample> {
    const millis: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      if (pauseMillis > 0) await sleep(pauseMillis);
      const client = `watched-${watched++}.bench`;
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
