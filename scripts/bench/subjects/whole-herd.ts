// All five servers take IAMATs at once: reports a second, until every server holds all of them.
//
// The baseline is the same load without a flood. All five servers share one thread of workerd. So the ratio compares what a report
// costs the server that heard it with what it costs all five.

import { LineLoad } from "../testbed/line-load.ts";
import type { RunningHerd } from "../testbed/running-herd.ts";
import { iamats, type Iamats } from "../testbed/workload.ts";
import type { Sample, Subject } from "../harness/subject.ts";
import { linkedHerd, SERVERS, unfloodedHerd } from "./herds.ts";

/** Each client reports to one server only. A server's share of them is larger than a frame. */
const CLIENTS = 10_000;

const OUTSTANDING = 64;

export const wholeHerd: readonly Subject[] = [
  {
    name: "whole herd, converged",
    unit: "reports/s",
    isQuick: true,
    prepare: async (testbed) => {
      const linked = await HerdLoad.open(await testbed.herd("linked", linkedHerd()));
      const apart = await HerdLoad.open(await testbed.herd("unflooded", unfloodedHerd()));
      const passes = testbed.isQuick ? 1 : 3;
      return {
        value: () => linked.run(passes, () => linked.herd.converged()),
        baseline: () => apart.run(passes, async () => {}),
        finish: async () => {
          for (const { name } of SERVERS) {
            await linked.herd.expectClients(name, CLIENTS);
            for (const workload of linked.workloads.values()) await workload.check(linked.herd, name);
          }
          for (const [name, workload] of apart.workloads) await workload.check(apart.herd, name);
          await Promise.all([linked.close(), apart.close()]);
        },
      };
    },
  },
];

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

  async close(): Promise<void> {
    await Promise.all(this.#loads.map((load) => load.close()));
  }
}
