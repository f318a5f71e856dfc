// Catch-up: a server that joins with empty storage, and takes all that its neighbour holds by one scan of the table.
//
// The neighbour is filled while it is alone. Each round starts it again with a neighbour of a new name, whose storage is
// therefore empty. Both run in one thread of workerd, so a report is read, sent, parsed, stored and acknowledged there.

import { setTimeout as sleep } from "node:timers/promises";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { Inspector } from "../inspector.ts";
import type { RunningHerd } from "../running-herd.ts";
import { seed } from "../seed.ts";
import { clientName } from "../workload.ts";
import type { Stage } from "../stage.ts";
import type { Sample, Subject } from "../subject.ts";

/** Between two looks at how far the new server has come. */
const LOOK_MILLIS = 10;

/** Clients whose reports are compared in the end. */
const COMPARED = 500;

export const catchUp: readonly Subject[] = [10_000, 100_000, 1_000_000].map((reports): Subject => ({
  name: `catch-up of ${reports.toLocaleString("en")}`,
  unit: "reports/s",
  isQuick: reports === 10_000,
  ...(reports === 1_000_000 && { roundsMax: 3 }),
  prepare: async (stage) => {
    const label = `catch-up-${reports}`;
    const alone = await stage.alone(label);
    await seed(alone, "Alford", reports);
    await alone.end();
    let round = 0;
    return { value: () => joined(stage, label, `New${++round}`, reports) };
  },
}));

async function joined(stage: Stage, label: string, newcomer: string, reports: number): Promise<Sample> {
  const servers = [
    { name: "Alford", neighbours: [newcomer] },
    { name: newcomer, neighbours: ["Alford"] },
  ];
  const herd = await stage.startHerd(label, parseHerdConfig({ servers }));
  const inspector = await Inspector.open(herd, newcomer);
  let heap = 0;
  const since = performance.now();
  await herd.status("Alford");
  while ((await herd.status(newcomer)).clients < reports) {
    heap = Math.max(heap, await inspector.heapBytes());
    await sleep(LOOK_MILLIS);
  }
  const seconds = (performance.now() - since) / 1000;
  inspector.close();
  await expectSame(herd, newcomer, reports);
  await herd.end();
  return { value: reports / seconds, also: { "heap at most, MB": heap / 1024 / 1024 } };
}

async function expectSame(herd: RunningHerd, newcomer: string, reports: number): Promise<void> {
  const every = Math.max(1, Math.floor(reports / COMPARED));
  const questions = Array.from({ length: COMPARED }, (_, index) => `WHATSAT ${clientName(index * every)} 0.001 1\n`);
  const [here, there] = [await herd.say("Alford", questions.join("")), await herd.say(newcomer, questions.join(""))];
  if (here !== there) throw new Error(`${newcomer} has caught up, but does not hold what Alford holds`);
}
