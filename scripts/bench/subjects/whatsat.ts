// WHATSAT answered from the embedded places, beside an echo of the question alone.

import { LineLoad } from "../line-load.ts";
import { seed } from "../seed.ts";
import { echoes, whatsats } from "../workload.ts";
import { quantileOf } from "../statistics.ts";
import type { Subject } from "../subject.ts";

const CLIENTS = 10_000;

const LOAD = { connections: 1, outstanding: 64 };

export const whatsat: readonly Subject[] = [
  {
    name: "WHATSAT, 1 connection × 64",
    unit: "answers/s",
    isQuick: true,
    prepare: async (stage) => {
      const herd = await stage.alone(`alone-${CLIENTS}`);
      await seed(herd, "Alford", CLIENTS);
      const walk = { clients: CLIENTS };
      const load = await LineLoad.open(herd.socketUrl("Alford"), LOAD, whatsats("Alford", walk));
      const echo = await LineLoad.open(await stage.floorUrl("echo"), LOAD, echoes(walk));
      return {
        value: async () => {
          const { linesPerSecond, latenciesMillis } = await load.run(stage.runMillis);
          const also = { "p50 ms": quantileOf(latenciesMillis, 0.5), "p99 ms": quantileOf(latenciesMillis, 0.99) };
          return { value: linesPerSecond, also };
        },
        floor: async () => ({ value: (await echo.run(stage.runMillis)).linesPerSecond }),
        finish: async () => {
          await Promise.all([load.close(), echo.close()]);
        },
      };
    },
  },
];
