// All five servers take IAMATs at once: reports a second, until every server holds all of them.
//
// One baseline is the same load without a flood. All five servers share one thread of workerd, so the ratio compares what a report costs the
// server that heard it with what it costs all five. Another one is the same load on the version before, which wrote a row for each report.

import { LineLoad } from "../testbed/line-load.ts";
import type { RunningHerd } from "../testbed/running-herd.ts";
import { iamats, type Iamats } from "../testbed/workload.ts";
import type { Testbed } from "../testbed/testbed.ts";
import type { Run, Sample, Subject } from "../harness/subject.ts";
import { linkedHerd, SERVERS, unfloodedHerd } from "./herds.ts";

/** Each client reports to one server only. A server's share of them is larger than a frame. */
const CLIENTS = 10_000;

const OUTSTANDING = 64;

const VERSION_BEFORE = "a row a client";

export const wholeHerd: readonly Subject[] = [
  {
    name: "whole herd, converged",
    unit: "reports/s",
    isQuick: true,
    prepare: async (testbed) => {
      const linked = await HerdLoad.open(await testbed.herd("linked", linkedHerd()));
      const apart = await HerdLoad.open(await testbed.herd("unflooded", unfloodedHerd()));
      return {
        value: converging(testbed, linked),
        baseline: () => apart.run(passesOf(testbed), async () => {}),
        finish: async () => {
          await linked.checkFlooded();
          for (const [name, workload] of apart.workloads) await workload.check(apart.herd, name);
          await Promise.all([linked.close(), apart.close()]);
        },
      };
    },
  },
  {
    name: "whole herd, beside the version before",
    unit: "reports/s",
    isQuick: false,
    prepare: async (testbed) => {
      const now = await HerdLoad.open(await testbed.herd("linked", linkedHerd()));
      const before = await HerdLoad.open(await testbed.earlierHerd("linked before", VERSION_BEFORE, SERVERS));
      return {
        value: converging(testbed, now),
        baseline: converging(testbed, before),
        finish: async () => {
          await Promise.all([now.checkFlooded(), before.checkFlooded()]);
          await Promise.all([now.close(), before.close()]);
        },
      };
    },
  },
];

function converging(testbed: Testbed, load: HerdLoad): Run {
  return () => load.run(passesOf(testbed), () => load.herd.converged());
}

function passesOf({ isQuick }: Testbed): number {
  return isQuick ? 1 : 3;
}

/** A load at each server of a herd, all at once. */
export class HerdLoad {
  readonly herd: RunningHerd;
  readonly workloads: ReadonlyMap<string, Iamats>;
  readonly #loads: readonly LineLoad[];

  private constructor(herd: RunningHerd, workloads: ReadonlyMap<string, Iamats>, loads: readonly LineLoad[]) {
    this.herd = herd;
    this.workloads = workloads;
    this.#loads = loads;
  }

  static async open(herd: RunningHerd): Promise<HerdLoad> {
    const by = SERVERS.length;
    const workloads = new Map(
      SERVERS.map(({ name }, from) => [name, iamats(name, { clients: CLIENTS / by, from, by })] as const),
    );
    const loads = [...workloads].map(([name, workload]) =>
      LineLoad.open(herd.socketUrl(name), { connections: 1, outstanding: OUTSTANDING }, workload),
    );
    return new HerdLoad(herd, workloads, await Promise.all(loads));
  }

  /** Every client reports this many times. `settled` settles when the run counts as done. */
  async run(passes: number, settled: () => Promise<void>): Promise<Sample> {
    const since = performance.now();
    await Promise.all(this.#loads.map((load) => load.runLines((passes * CLIENTS) / SERVERS.length)));
    await settled();
    return { value: (passes * CLIENTS * 1000) / (performance.now() - since) };
  }

  /** Reports at an even pace at all servers. The returned function stops that. */
  startPaced(reportsPerSecond: number): () => Promise<void> {
    const stops = this.#loads.map((load) => load.startPaced(reportsPerSecond / SERVERS.length));
    return async () => {
      await Promise.all(stops.map((stop) => stop()));
    };
  }

  /** Throws unless each server has the reports of all. */
  async checkFlooded(): Promise<void> {
    for (const { name } of SERVERS) {
      await this.herd.expectClients(name, CLIENTS);
      for (const workload of this.workloads.values()) await workload.check(this.herd, name);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#loads.map((load) => load.close()));
  }
}
