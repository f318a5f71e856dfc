// One server that holds many clients: what a line costs, what it holds in memory, how long it takes to start.
//
// The baseline of each size is a server that holds 1,000 clients, measured in the same rounds. A size is filled once, in the order of
// the names, and all of its subjects use it. Their lines go all over the table.

import { LineLoad, type Workload } from "../testbed/line-load.ts";
import { heapBytes } from "../testbed/inspector.ts";
import type { RunningHerd } from "../testbed/running-herd.ts";
import { seed } from "../testbed/seed.ts";
import { iamats, whatsats, type Walk } from "../testbed/workload.ts";
import type { Testbed } from "../testbed/testbed.ts";
import type { Trial, Run, Subject } from "../harness/subject.ts";
import { startsOf } from "./starts.ts";

const SMALL = 1000;

const SIZES = [100_000, 1_000_000, 5_000_000];

const LOAD = { connections: 1, outstanding: 64 };

export const largeTable: readonly Subject[] = SIZES.flatMap((clients): Subject[] => {
  const size = clients.toLocaleString("en");
  return [
    {
      name: `IAMAT at ${size} clients`,
      unit: "µs",
      isQuick: false,
      prepare: (testbed) => lines(testbed, clients, (walk) => iamats("Alford", walk)),
    },
    {
      name: `WHATSAT at ${size} clients`,
      unit: "µs",
      isQuick: false,
      prepare: (testbed) => lines(testbed, clients, (walk) => whatsats("Alford", walk)),
    },
    {
      name: `heap at ${size} clients`,
      unit: "MB",
      isQuick: false,
      prepare: async (testbed) => ({ value: heap(await holding(testbed, clients)) }),
    },
    {
      name: `start at ${size} clients`,
      unit: "ms",
      isQuick: false,
      prepare: async (testbed) => ({
        value: startsOf(await holding(testbed, clients)),
        baseline: startsOf(await holding(testbed, SMALL)),
      }),
    },
  ];
});

async function holding(testbed: Testbed, clients: number): Promise<RunningHerd> {
  const herd = await testbed.alone(`holding-${clients}`);
  await seed(herd, "Alford", clients);
  return herd;
}

async function lines(testbed: Testbed, clients: number, workloadOf: (walk: Walk) => Workload): Promise<Trial> {
  const open = async (count: number) => {
    const herd = await holding(testbed, count);
    const workload = workloadOf({ clients: count, isScattered: true });
    return LineLoad.open(herd.socketUrl("Alford"), LOAD, workload);
  };
  const [large, small] = [await open(clients), await open(SMALL)];
  return {
    value: microsALine(large, testbed),
    baseline: microsALine(small, testbed),
    finish: async () => {
      await Promise.all([large.close(), small.close()]);
      await (await holding(testbed, clients)).expectClients("Alford", clients);
    },
  };
}

function microsALine(load: LineLoad, { runMillis }: Testbed): Run {
  return async () => ({ value: 1_000_000 / (await load.run(runMillis)).linesPerSecond });
}

function heap(herd: RunningHerd): Run {
  return async () => ({ value: (await heapBytes(herd, "Alford")) / 1024 / 1024 });
}
