// Catch-up: a server joins with empty storage and takes all reports of its neighbour, by one scan of the table.
//
// The neighbour is filled while it is alone. Each round starts it again with a neighbour of a new name, whose storage is empty. Both
// run in one thread of workerd, so that thread reads, sends, parses, stores and acknowledges each report.

import { setTimeout as sleep } from "node:timers/promises";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { Inspector } from "../testbed/inspector.ts";
import type { RunningHerd } from "../testbed/running-herd.ts";
import { seed } from "../testbed/seed.ts";
import { clientName } from "../testbed/workload.ts";
import type { Testbed } from "../testbed/testbed.ts";
import type { Sample, Subject } from "../harness/subject.ts";

/** Time between two looks at the new server's progress. */
const LOOK_MILLIS = 10;

/** Clients whose reports are compared in the end. */
const COMPARED = 500;

export const catchUp: readonly Subject[] = [10_000, 100_000, 1_000_000].map((reports): Subject => ({
  name: `catch-up of ${reports.toLocaleString("en")}`,
  unit: "reports/s",
  isQuick: reports === 10_000,
  ...(reports === 1_000_000 && { roundsMax: 3 }),
  prepare: async (testbed) => {
    const label = `catch-up-${reports}`;
    const alone = await testbed.alone(label);
    await seed(alone, "Alford", reports);
    await alone.end();
    let round = 0;
    return { value: () => joined(testbed, label, `New${++round}`, reports) };
  },
}));

async function joined(testbed: Testbed, label: string, newcomer: string, reports: number): Promise<Sample> {
  const servers = [
    { name: "Alford", neighbours: [newcomer] },
    { name: newcomer, neighbours: ["Alford"] },
  ];
  const herd = await testbed.startHerd(label, parseHerdConfig({ servers }));
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
  const lines = Array.from({ length: COMPARED }, (_, index) => `WHATSAT ${clientName(index * every)} 0.001 1\n`);
  const [here, there] = [await herd.say("Alford", lines.join("")), await herd.say(newcomer, lines.join(""))];
  if (here !== there)
    throw new Error(`Cannot trust ${newcomer}: it has caught up, but does not hold what Alford holds`);
}
