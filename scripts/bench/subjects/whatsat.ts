// WHATSAT answered from the embedded places, beside an echo of the line.

import { LineLoad } from "../testbed/line-load.ts";
import { seed } from "../testbed/seed.ts";
import { echoes, whatsats } from "../testbed/workload.ts";
import { quantileOf } from "../harness/statistics.ts";
import type { Subject } from "../harness/subject.ts";

const CLIENTS = 10_000;

const LOAD = { connections: 1, outstanding: 64 };

export const whatsat: readonly Subject[] = [
  {
    name: "WHATSAT, 1 connection × 64",
    unit: "answers/s",
    isQuick: true,
    prepare: async (testbed) => {
      const herd = await testbed.alone(`alone-${CLIENTS}`);
      await seed(herd, "Alford", CLIENTS);
      const walk = { clients: CLIENTS };
      const load = await LineLoad.open(herd.socketUrl("Alford"), LOAD, whatsats("Alford", walk));
      const echo = await LineLoad.open(await testbed.floorUrl("echo"), LOAD, echoes(walk));
      return {
        value: async () => {
          const { linesPerSecond, latenciesMillis } = await load.run(testbed.runMillis);
          const also = { "p50 ms": quantileOf(latenciesMillis, 0.5), "p99 ms": quantileOf(latenciesMillis, 0.99) };
          return { value: linesPerSecond, also };
        },
        baseline: async () => ({ value: (await echo.run(testbed.runMillis)).linesPerSecond }),
        finish: async () => {
          await Promise.all([load.close(), echo.close()]);
        },
      };
    },
  },
];
