// A herd whose configuration changes while its data stays: a server that is added receives everything, one that is removed is
// forgotten, and one that returns receives what it missed.

import { expect, onTestFinished, test } from "vitest";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { HerdApart } from "../support/herd-apart.ts";

function without(name: string, config: HerdConfig): HerdConfig {
  const servers = config.servers
    .filter((server) => server.name !== name)
    .map((server) => ({ ...server, neighbours: server.neighbours.filter((neighbour) => neighbour !== name) }));
  return { ...config, servers };
}

test("[CU23] a server that is added receives everything, one that is removed is forgotten, one that returns catches up", async () => {
  const herd = await HerdApart.create({ retrySecondsMax: 1, answerSeconds: 2 });
  onTestFinished(() => herd.remove());
  const whole = herd.config;
  const small = without("Hamilton", whole);

  async function restart(config: HerdConfig): Promise<void> {
    await herd.kill(...herd.names);
    herd.config = config;
    await herd.start();
  }
  async function everyoneHolds(client: string, answer: string): Promise<void> {
    for (const name of herd.names)
      await expect.poll(async () => (await herd.held(name, [client]))[0], { timeout: 20_000 }).toBe(answer);
  }
  async function neighboursOfParker(): Promise<string[]> {
    return (await herd.status("Parker")).neighbours.map(({ neighbour }) => neighbour);
  }

  await restart(small);
  const [kiwi = ""] = await herd.report("Alford", ["kiwi"], 1);
  await everyoneHolds("kiwi", kiwi);

  await restart(whole);
  await everyoneHolds("kiwi", kiwi);
  expect(await neighboursOfParker()).toEqual(["Alford", "Bolden", "Hamilton"]);

  await restart(small);
  expect(await neighboursOfParker()).toEqual(["Alford", "Bolden"]);
  const [lime = ""] = await herd.report("Alford", ["lime"], 1);
  await everyoneHolds("lime", lime);

  await restart(whole);
  await everyoneHolds("lime", lime);
  await everyoneHolds("kiwi", kiwi);
});
