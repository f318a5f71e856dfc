// IAMAT at one server without neighbours: what a durable answer costs, beside the floors.

import { LineLoad, type LoadOptions, type LoadRun, type Workload } from "../testbed/line-load.ts";
import { seed } from "../testbed/seed.ts";
import { echoes, iamats } from "../testbed/workload.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { quantileOf } from "../harness/statistics.ts";
import type { Trial, Run, Sample, Subject } from "../harness/subject.ts";

/** So many that no client comes twice within a turn. */
const CLIENTS = 10_000;

type Floor = "echo" | "memory" | "commit";

export const durableIamat: readonly Subject[] = [
  {
    name: "IAMAT, 1 connection × 1",
    unit: "µs",
    isQuick: true,
    prepare: (testbed) => trial(testbed, { connections: 1, outstanding: 1 }, "commit", microsOf),
  },
  {
    name: "IAMAT, 1 connection × 64",
    unit: "lines/s",
    isQuick: true,
    prepare: (testbed) => trial(testbed, { connections: 1, outstanding: 64 }, "echo", linesOf, ["memory", "commit"]),
  },
  {
    name: "IAMAT, 16 connections × 8",
    unit: "lines/s",
    isQuick: true,
    prepare: (testbed) => trial(testbed, { connections: 16, outstanding: 8 }, "echo", linesOf, ["memory", "commit"]),
  },
  {
    name: "IAMAT, 256 connections × 1",
    unit: "lines/s",
    isQuick: true,
    prepare: (testbed) => trial(testbed, { connections: 256, outstanding: 1 }, "echo", linesOf, ["memory", "commit"]),
  },
  {
    name: "IAMAT, 1,000 connections × 1",
    unit: "lines/s",
    isQuick: true,
    prepare: (testbed) => trial(testbed, { connections: 1000, outstanding: 1 }, "echo", linesOf, ["memory"]),
  },
  {
    name: "IAMAT, 64 lines a message",
    unit: "lines/s",
    isQuick: true,
    prepare: (testbed) =>
      trial(testbed, { connections: 1, outstanding: 4, linesPerMessage: 64 }, "echo", linesOf, ["memory"], {
        floorLoad: { connections: 1, outstanding: 64 },
      }),
  },
  {
    name: "IAMAT, 1 connection × 64, one hot client",
    unit: "lines/s",
    isQuick: false,
    prepare: (testbed) =>
      trial(testbed, { connections: 1, outstanding: 64 }, "echo", linesOf, ["memory", "commit"], { clients: 1 }),
  },
];

async function trial(
  testbed: Testbed,
  options: LoadOptions,
  floor: Floor,
  measure: Measure,
  beside: readonly Floor[] = [],
  { clients = CLIENTS, floorLoad = options }: { readonly clients?: number; readonly floorLoad?: LoadOptions } = {},
): Promise<Trial> {
  const herd = await testbed.alone(`alone-${clients}`);
  await seed(herd, "Alford", clients);
  const workload = iamats("Alford", { clients });
  const loads: LineLoad[] = [];
  const runOf = async (url: string, load: LoadOptions, lines: Workload): Promise<Run> => {
    const opened = await LineLoad.open(url, load, lines);
    loads.push(opened);
    return async () => measure(await opened.run(testbed.runMillis));
  };
  const floorRun = async (kind: Floor, load: LoadOptions) =>
    runOf(await testbed.floorUrl(kind), load, kind === "echo" ? echoes({ clients }) : iamats("Alford", { clients }));
  const besides: [string, Run][] = [];
  for (const kind of testbed.isQuick ? [] : beside) besides.push([kind, await floorRun(kind, options)]);
  return {
    value: await runOf(herd.socketUrl("Alford"), options, workload),
    baseline: await floorRun(floor, floorLoad),
    beside: Object.fromEntries(besides),
    finish: async () => {
      await Promise.all(loads.map((load) => load.close()));
      await herd.expectClients("Alford", clients);
      await workload.check(herd, "Alford");
    },
  };
}

type Measure = (run: LoadRun) => Sample;

function linesOf({ linesPerSecond, latenciesMillis }: LoadRun): Sample {
  return { value: linesPerSecond, also: { "p99 ms": quantileOf(latenciesMillis, 0.99) } };
}

function microsOf({ linesPerSecond, latenciesMillis }: LoadRun): Sample {
  return { value: 1_000_000 / linesPerSecond, also: { "p99 µs": quantileOf(latenciesMillis, 0.99) * 1000 } };
}
