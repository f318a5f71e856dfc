// `npm start` as it comes: every line logged to files and to a terminal, one TCP connection that keeps 64 commands under way.
//
// Once beside the same herd that logs no lines, and once beside the paper's design in plain Node, whose servers append each
// line in and out to a log file as well. In the end the answers are counted in the log: none may be missing.

import { settled, startHerd, startPaperHerd, type StartedHerd } from "../started-herd.ts";
import type { Stage } from "../stage.ts";
import type { Run, Subject } from "../subject.ts";
import { TcpLoad } from "../tcp-load.ts";
import { iamats } from "../workload.ts";

const SERVER = "Alford";

/** As many as are under way: each is answered before it reports again. */
const CLIENTS = 64;

const OUTSTANDING = 64;

export const defaultRun: readonly Subject[] = [
  {
    name: "npm start, 1 TCP connection × 64, beside no lines logged",
    unit: "answers/s",
    isQuick: true,
    prepare: async (stage) => prepared(stage, (directory) => startHerd(directory, "--log-level", "events")),
  },
  {
    name: "npm start, 1 TCP connection × 64, beside the paper's design",
    unit: "answers/s",
    isQuick: true,
    prepare: async (stage) => prepared(stage, startPaperHerd),
  },
];

async function prepared(stage: Stage, startFloor: (directory: string) => Promise<StartedHerd>) {
  const herd = await startHerd(await stage.directory());
  stage.atEnd(() => herd.stop());
  const floor = await startFloor(await stage.directory());
  stage.atEnd(() => floor.stop());
  const load = await openLoad(herd);
  const floorLoad = await openLoad(floor);
  let runs = 0;
  const run =
    (side: TcpLoad, of: StartedHerd): Run =>
    async () => {
      const value = await side.run(stage.runMillis);
      // The flood goes on after the last answer, and would slow the next side down.
      await settled(of, SERVER, "Hamilton");
      if (of === herd) runs++;
      return { value };
    };
  return {
    value: run(load, herd),
    floor: run(floorLoad, floor),
    finish: async () => {
      for (const side of [load, floorLoad]) side.close();
      await Promise.all([herd.stop(), floor.stop()]);
      const logged = (await herd.logOf(SERVER)).filter((line) => line.includes('"event":"output","to":"client '));
      // And one for each probe.
      if (logged.length !== load.answers + runs)
        throw new Error(`The log of ${SERVER} has ${logged.length} answers, where ${load.answers + runs} were heard`);
    },
  };
}

function openLoad(herd: StartedHerd): Promise<TcpLoad> {
  return TcpLoad.open(herd.tcpPort(SERVER), OUTSTANDING, iamats(SERVER, { clients: CLIENTS }));
}
