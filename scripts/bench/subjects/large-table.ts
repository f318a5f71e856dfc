// One server that holds many clients: what a line costs, what it holds in memory, how long it takes to start.
//
// Beside each size stands a server that holds 1,000, measured in the same rounds. A size is filled once, in the order of the
// names, and used by all its subjects; the lines then go all over the table.

import { LineLoad, type Workload } from "../line-load.ts";
import { heapBytes } from "../inspector.ts";
import type { RunningHerd } from "../running-herd.ts";
import { seed } from "../seed.ts";
import { clientName, iamatLine, iamats, whatsats, type Walk } from "../workload.ts";
import { quantileOf } from "../statistics.ts";
import type { Stage } from "../stage.ts";
import type { Contest, Run, Subject } from "../subject.ts";

const SMALL = 1000;

const SIZES = [100_000, 1_000_000, 5_000_000];

const LOAD = { connections: 1, outstanding: 64 };

const STARTS = 10;

/** In wrangler.toml and miniflare-herd.ts. */
const CLASS = "ServerObject";
const WORKER = "places-herd";

export const largeTable: readonly Subject[] = SIZES.flatMap((clients): Subject[] => {
  const size = clients.toLocaleString("en");
  return [
    {
      name: `IAMAT at ${size} clients`,
      unit: "µs",
      isQuick: false,
      prepare: (stage) => lines(stage, clients, (walk) => iamats("Alford", walk)),
    },
    {
      name: `WHATSAT at ${size} clients`,
      unit: "µs",
      isQuick: false,
      prepare: (stage) => lines(stage, clients, (walk) => whatsats("Alford", walk)),
    },
    {
      name: `heap at ${size} clients`,
      unit: "MB",
      isQuick: false,
      prepare: async (stage) => ({ value: heap(await holding(stage, clients)) }),
    },
    {
      name: `start at ${size} clients`,
      unit: "ms",
      isQuick: false,
      prepare: async (stage) => ({
        value: starts(await holding(stage, clients)),
        floor: starts(await holding(stage, SMALL)),
      }),
    },
  ];
});

async function holding(stage: Stage, clients: number): Promise<RunningHerd> {
  const herd = await stage.alone(`holding-${clients}`);
  await seed(herd, "Alford", clients);
  return herd;
}

async function lines(stage: Stage, clients: number, speechOf: (walk: Walk) => Workload): Promise<Contest> {
  const open = async (count: number) => {
    const herd = await holding(stage, count);
    const workload = speechOf({ clients: count, isScattered: true });
    return LineLoad.open(herd.socketUrl("Alford"), LOAD, workload);
  };
  const [large, small] = [await open(clients), await open(SMALL)];
  return {
    value: microsALine(large, stage),
    floor: microsALine(small, stage),
    finish: async () => {
      await Promise.all([large.close(), small.close()]);
      await (await holding(stage, clients)).expectClients("Alford", clients);
    },
  };
}

function microsALine(load: LineLoad, { runMillis }: Stage): Run {
  return async () => ({ value: 1_000_000 / (await load.run(runMillis)).linesPerSecond });
}

function heap(herd: RunningHerd): Run {
  return async () => ({ value: (await heapBytes(herd, "Alford")) / 1024 / 1024 });
}

/** From asking a server that has left memory until its answer to an IAMAT. */
function starts(herd: RunningHerd): Run {
  return async () => {
    const millis: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      const before = (await herd.status("Alford")).starts;
      await herd.miniflare.unsafeEvictDurableObject(WORKER, CLASS, { name: "Alford" });
      const since = performance.now();
      await herd.say("Alford", iamatLine(clientName(start)));
      millis.push(performance.now() - since);
      if ((await herd.status("Alford")).starts === before) throw new Error("The server did not leave memory");
    }
    return { value: quantileOf(millis, 0.5) };
  };
}
