// What else a server does while it is saturated with IAMATs: take connections, tell how it stands, show its log.

import { LineLoad, type Workload } from "../line-load.ts";
import { seed } from "../seed.ts";
import { echoes, iamats, type Iamats } from "../workload.ts";
import { quantileOf } from "../statistics.ts";
import type { Stage } from "../stage.ts";
import type { Contest, Run, Sample, Subject } from "../subject.ts";
import { Asker } from "../asker.ts";

const CLIENTS = 10_000;

const SATURATING = { connections: 16, outstanding: 64 };

export const underLoad: readonly Subject[] = [
  {
    name: "accepting while saturated, p99",
    unit: "ms",
    isQuick: true,
    prepare: async (stage) => {
      const floor = async (kind: "echo" | "commit"): Promise<Saturated> => {
        const url = await stage.floorUrl(kind);
        const walk = { clients: CLIENTS };
        return Saturated.open(stage, url, kind === "echo" ? echoes(walk) : iamats("Alford", walk), () => accept(url));
      };
      const { contest, herd } = await saturatedServer(stage, () => accept(herd.socketUrl("Alford")));
      const [echo, commit] = [await floor("echo"), await floor("commit")];
      return {
        ...contest,
        beside: { "echo p99 ms": echo.run, "commit p99 ms": commit.run },
        finish: async () => {
          await Promise.all([contest.finish?.(), echo.close(), commit.close()]);
        },
      };
    },
  },
  {
    name: "status while saturated, p99",
    unit: "ms",
    isQuick: false,
    prepare: async (stage) => {
      const { contest, herd } = await saturatedServer(stage, () => herd.status("Alford"));
      return contest;
    },
  },
  {
    name: "log while saturated, p99",
    unit: "ms",
    isQuick: false,
    prepare: async (stage) => {
      const { contest, herd } = await saturatedServer(stage, async () => {
        const response = await fetch(`${herd.url("Alford")}/log`);
        if (!(await response.text()).includes('"event":')) throw new Error("The log is empty");
      });
      return contest;
    },
  },
];

async function saturatedServer(stage: Stage, act: () => Promise<unknown>) {
  const herd = await stage.alone(`alone-${CLIENTS}`);
  await seed(herd, "Alford", CLIENTS);
  const workload: Iamats = iamats("Alford", { clients: CLIENTS });
  const saturated = await Saturated.open(stage, herd.socketUrl("Alford"), workload, act);
  const contest: Contest = {
    value: saturated.run,
    finish: async () => {
      await saturated.close();
      await workload.check(herd, "Alford");
    },
  };
  return { herd, contest };
}

async function accept(url: string): Promise<void> {
  const asker = await Asker.open(url);
  asker.close();
}

/** A load, and an act that is done again and again while it runs. */
class Saturated {
  readonly run: Run;
  readonly #load: LineLoad;

  private constructor(load: LineLoad, run: Run) {
    this.#load = load;
    this.run = run;
  }

  static async open(stage: Stage, url: string, workload: Workload, act: () => Promise<unknown>) {
    const load = await LineLoad.open(url, SATURATING, workload);
    return new Saturated(load, async () => {
      const millis: number[] = [];
      const until = performance.now() + stage.runMillis;
      const pace = load.run(stage.runMillis);
      for (let since = performance.now(); since < until; since = performance.now()) {
        await act();
        millis.push(performance.now() - since);
      }
      return sampleOf(millis, (await pace).linesPerSecond);
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
