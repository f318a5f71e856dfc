// What a server does besides while it is saturated with IAMATs: take connections, tell its status, show its log.

import { LineLoad, type Workload } from "../testbed/line-load.ts";
import { seed } from "../testbed/seed.ts";
import { echoes, iamats, type Iamats } from "../testbed/workload.ts";
import { quantileOf } from "../harness/statistics.ts";
import type { Testbed } from "../testbed/testbed.ts";
import type { Trial, Run, Sample, Subject } from "../harness/subject.ts";
import { LineClient } from "../testbed/line-client.ts";

const CLIENTS = 10_000;

const SATURATING = { connections: 16, outstanding: 64 };

export const underLoad: readonly Subject[] = [
  {
    name: "accepting while saturated, p99",
    unit: "ms",
    isQuick: true,
    prepare: async (testbed) => {
      const floor = async (kind: "echo" | "commit"): Promise<Saturated> => {
        const url = await testbed.floorUrl(kind);
        const walk = { clients: CLIENTS };
        return Saturated.open(testbed, url, kind === "echo" ? echoes(walk) : iamats("Alford", walk), () => accept(url));
      };
      const { trial, herd } = await saturatedServer(testbed, () => accept(herd.socketUrl("Alford")));
      const [echo, commit] = [await floor("echo"), await floor("commit")];
      return {
        ...trial,
        beside: { "echo p99 ms": echo.run, "commit p99 ms": commit.run },
        finish: async () => {
          await Promise.all([trial.finish?.(), echo.close(), commit.close()]);
        },
      };
    },
  },
  {
    name: "status while saturated, p99",
    unit: "ms",
    isQuick: false,
    prepare: async (testbed) => {
      const { trial, herd } = await saturatedServer(testbed, () => herd.status("Alford"));
      return trial;
    },
  },
  {
    name: "log while saturated, p99",
    unit: "ms",
    isQuick: false,
    prepare: async (testbed) => {
      const { trial, herd } = await saturatedServer(testbed, async () => {
        const response = await fetch(`${herd.url("Alford")}/log`);
        if (!(await response.text()).includes('"event":')) throw new Error("Cannot read the log: it is empty");
      });
      return trial;
    },
  },
];

async function saturatedServer(testbed: Testbed, act: () => Promise<unknown>) {
  const herd = await testbed.alone(`alone-${CLIENTS}`);
  await seed(herd, "Alford", CLIENTS);
  const workload: Iamats = iamats("Alford", { clients: CLIENTS });
  const saturated = await Saturated.open(testbed, herd.socketUrl("Alford"), workload, act);
  const trial: Trial = {
    value: saturated.run,
    finish: async () => {
      await saturated.close();
      await workload.check(herd, "Alford");
    },
  };
  return { herd, trial };
}

async function accept(url: string): Promise<void> {
  const client = await LineClient.open(url);
  client.close();
}

/** A load, and an action that is repeated while it runs. */
class Saturated {
  readonly run: Run;
  readonly #load: LineLoad;

  private constructor(load: LineLoad, run: Run) {
    this.#load = load;
    this.run = run;
  }

  static async open(testbed: Testbed, url: string, workload: Workload, act: () => Promise<unknown>) {
    const load = await LineLoad.open(url, SATURATING, workload);
    return new Saturated(load, async () => {
      const millis: number[] = [];
      const until = performance.now() + testbed.runMillis;
      const loaded = load.run(testbed.runMillis);
      for (let since = performance.now(); since < until; since = performance.now()) {
        await act();
        millis.push(performance.now() - since);
      }
      return sampleOf(millis, (await loaded).linesPerSecond);
    });
  }

  close(): Promise<void> {
    return this.#load.close();
  }
}

function sampleOf(millis: readonly number[], linesPerSecond: number): Sample {
  const also = { "p50 ms": quantileOf(millis, 0.5), "load, lines/s": linesPerSecond };
  return { value: quantileOf(millis, 0.99), also };
}
