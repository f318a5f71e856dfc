// A deploy is not everywhere at once: servers of the previous version feed those of this one, and are fed by them. And what
// the previous version stored is what this one starts from.

import { expect, onTestFinished, test } from "vitest";
import { HerdApart } from "../support/herd-apart.ts";

const CLIENTS = Array.from({ length: 600 }, (_, index) => `client-${index}`);

async function expectEveryoneHolds(
  herd: HerdApart,
  clients: readonly string[],
  lines: readonly string[],
): Promise<void> {
  for (const name of herd.names) await expect.poll(() => herd.held(name, clients), { timeout: 30_000 }).toEqual(lines);
}

test("[HD7] [CU2] [CU6] servers of this version and of the previous one come to hold the same, and catch up with each other", async () => {
  const herd = await HerdApart.create({ retrySecondsMax: 1 });
  onTestFinished(() => herd.remove());
  for (const name of ["Alford", "Bolden"]) herd.previous.add(name);
  await herd.start();

  // From an old server over a new one to an old one, and the other way round.
  const fromOld = await herd.report("Alford", CLIENTS.slice(0, 300), 1);
  const fromNew = await herd.report("Hamilton", CLIENTS.slice(300), 1);
  await expectEveryoneHolds(herd, CLIENTS, [...fromOld, ...fromNew]);

  await herd.kill("Bolden", "Powell");
  const missed = await herd.report("Hamilton", CLIENTS, 2);
  await herd.start("Bolden", "Powell");
  await expectEveryoneHolds(herd, CLIENTS, missed);
});

test("[HD7] what the previous version stored is served by this one, which goes on with its numbers", async () => {
  const herd = await HerdApart.create({ retrySecondsMax: 1 });
  onTestFinished(() => herd.remove());
  for (const name of herd.names) herd.previous.add(name);
  await herd.start();
  const lines = await herd.report("Alford", CLIENTS, 1);
  await expectEveryoneHolds(herd, CLIENTS, lines);
  const before = await herd.status("Alford");
  await herd.kill(...herd.names);

  herd.previous.clear();
  await herd.start();
  for (const name of herd.names) expect(await herd.held(name, CLIENTS)).toEqual(lines);
  const after = await herd.status("Alford");
  expect(after).toMatchObject({ epoch: before.epoch, clients: before.clients, starts: before.starts + 1 });
  await expectEveryoneHolds(herd, ["client-0"], await herd.report("Parker", ["client-0"], 2));
  expect((await herd.status("Alford")).lastSeq).toBeGreaterThan(after.lastSeq - 1);
});
