// IAMAT at one server that is alone: what answering durably costs, beside the floors.

import { LineLoad, type LoadOptions, type ConflatingThrottle, type Workload } from "../line-load.ts";
import { seed } from "../seed.ts";
import { echoes, iamats } from "../workload.ts";
import type { Stage } from "../stage.ts";
import { quantileOf } from "../statistics.ts";
import type { Contest, Run, Sample, Subject } from "../subject.ts";

/** So many that none comes twice within a turn. */
const CLIENTS = 10_000;

type Floor = "echo" | "memory" | "commit";

export const durableIamat: readonly Subject[] = [
  {
    name: "IAMAT, 1 connection × 1",
    unit: "µs",
    isQuick: true,
    prepare: (stage) => contest(stage, { connections: 1, outstanding: 1 }, "commit", microsOf),
  },
  {
    name: "IAMAT, 1 connection × 64",
    unit: "lines/s",
    isQuick: true,
    prepare: (stage) => contest(stage, { connections: 1, outstanding: 64 }, "echo", linesOf, ["memory", "commit"]),
  },
  {
    name: "IAMAT, 16 connections × 8",
    unit: "lines/s",
    isQuick: true,
    prepare: (stage) => contest(stage, { connections: 16, outstanding: 8 }, "echo", linesOf, ["memory", "commit"]),
  },
  {
    name: "IAMAT, 256 connections × 1",
    unit: "lines/s",
    isQuick: true,
    prepare: (stage) => contest(stage, { connections: 256, outstanding: 1 }, "echo", linesOf, ["memory", "commit"]),
  },
  {
    name: "IAMAT, 1,000 connections × 1",
    unit: "lines/s",
    isQuick: true,
    prepare: (stage) => contest(stage, { connections: 1000, outstanding: 1 }, "echo", linesOf, ["memory"]),
  },
  {
    name: "IAMAT, 64 lines a message",
    unit: "lines/s",
    isQuick: true,
    prepare: (stage) =>
      contest(stage, { connections: 1, outstanding: 4, linesPerMessage: 64 }, "echo", linesOf, ["memory"], {
        floorLoad: { connections: 1, outstanding: 64 },
      }),
  },
  {
    name: "IAMAT, 1 connection × 64, one hot client",
    unit: "lines/s",
    isQuick: false,
    prepare: (stage) =>
      contest(stage, { connections: 1, outstanding: 64 }, "echo", linesOf, ["memory", "commit"], { clients: 1 }),
  },
];

async function contest(
  stage: Stage,
  options: LoadOptions,
  floor: Floor,
  measure: Measure,
  beside: readonly Floor[] = [],
  { clients = CLIENTS, floorLoad = options }: { readonly clients?: number; readonly floorLoad?: LoadOptions } = {},
): Promise<Contest> {
  const herd = await stage.alone(`alone-${clients}`);
  await seed(herd, "Alford", clients);
  const workload = iamats("Alford", { clients });
  const loads: LineLoad[] = [];
  const runOf = async (url: string, load: LoadOptions, lines: Workload): Promise<Run> => {
    const opened = await LineLoad.open(url, load, lines);
    loads.push(opened);
    return async () => measure(await opened.run(stage.runMillis));
  };
  const floorRun = async (kind: Floor, load: LoadOptions) =>
    runOf(await stage.floorUrl(kind), load, kind === "echo" ? echoes({ clients }) : iamats("Alford", { clients }));
  const besides: [string, Run][] = [];
  for (const kind of stage.isQuick ? [] : beside) besides.push([kind, await floorRun(kind, options)]);
  return {
    value: await runOf(herd.socketUrl("Alford"), options, workload),
    floor: await floorRun(floor, floorLoad),
    beside: Object.fromEntries(besides),
    finish: async () => {
      await Promise.all(loads.map((load) => load.close()));
      await herd.expectClients("Alford", clients);
      await workload.check(herd, "Alford");
    },
  };
}

type Measure = (pace: ConflatingThrottle) => Sample;

function linesOf({ linesPerSecond, latenciesMillis }: ConflatingThrottle): Sample {
  return { value: linesPerSecond, also: { "p99 ms": quantileOf(latenciesMillis, 0.99) } };
}

function microsOf({ linesPerSecond, latenciesMillis }: ConflatingThrottle): Sample {
  return { value: 1_000_000 / linesPerSecond, also: { "p99 µs": quantileOf(latenciesMillis, 0.99) * 1000 } };
}
