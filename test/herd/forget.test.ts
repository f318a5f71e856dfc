// FORGET on whole processes: through kills in the middle of its flood, and past servers of the version before.

import { expect, onTestFinished, test } from "vitest";
import type { EarlierVersion } from "../support/earlier-version.ts";
import { HerdApart } from "../support/herd-apart.ts";

const CLIENTS = Array.from({ length: 200 }, (_, index) => `client-${index}`);

const NOBODY = CLIENTS.map(() => undefined);

async function herdOf(earlier: readonly (readonly [string, EarlierVersion])[] = []): Promise<HerdApart> {
  const herd = await HerdApart.create({ retrySecondsMax: 1, answerSeconds: 2 });
  onTestFinished(() => herd.remove());
  for (const [name, version] of earlier) herd.earlier.set(name, version);
  await herd.start();
  return herd;
}

async function expectHeld(herd: HerdApart, lines: readonly (string | undefined)[], names = herd.names): Promise<void> {
  for (const name of names) await expect.poll(() => herd.held(name, CLIENTS), { timeout: 30_000 }).toEqual(lines);
}

async function forgetAll(herd: HerdApart, name: string): Promise<void> {
  const answers = await herd.say(name, CLIENTS.map((client) => `FORGET ${client}\n`).join(""));
  const forgotten = answers.trimEnd().split("\n");
  expect(forgotten.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual(
    CLIENTS.map((client) => `FORGOT ${client}`),
  );
}

test("[FG1] [FG5] [CU4] a server that is killed as soon as it has answered has all servers forget, also one that was down", async () => {
  const herd = await herdOf();
  await expectHeld(herd, await herd.report("Hamilton", CLIENTS, 1000));
  await herd.kill("Powell");
  await forgetAll(herd, "Alford");
  await herd.kill("Alford");
  await herd.start("Alford", "Powell");
  await expectHeld(herd, NOBODY);
  // An earlier time will do, at any server.
  await expectHeld(herd, await herd.report("Bolden", CLIENTS, 5));
});

test("[FG5] what a server that was down is told meanwhile survives, and what it was told before is gone", async () => {
  const herd = await herdOf();
  await expectHeld(herd, await herd.report("Hamilton", CLIENTS, 1000));
  await herd.kill("Hamilton");
  await forgetAll(herd, "Alford");
  const later = await herd.report("Alford", CLIENTS.slice(100), 5);
  await herd.kill(...herd.names.filter((name) => name !== "Hamilton"));
  await herd.start("Hamilton");
  // It does not know yet.
  expect((await herd.held("Hamilton", CLIENTS)).every((line) => line !== undefined)).toBe(true);
  await herd.start(...herd.names.filter((name) => name !== "Hamilton"));
  await expectHeld(herd, [...NOBODY.slice(100), ...later]);
});

test.each(["no forgetting", "a row a client"] as const)(
  "[FG11] [FG4] where a server on the way is of that with %s, all have forgotten once it is of this version",
  async (version) => {
    // The way from Alford to Hamilton leads over Parker.
    const herd = await herdOf([["Parker", version]]);
    await expectHeld(herd, await herd.report("Hamilton", CLIENTS, 1000));
    await forgetAll(herd, "Alford");
    await expectHeld(herd, NOBODY, ["Alford", "Bolden", "Powell"]);
    await herd.kill("Parker");
    herd.earlier.delete("Parker");
    await herd.start("Parker");
    await expectHeld(herd, NOBODY);
    await expectHeld(herd, await herd.report("Hamilton", CLIENTS, 5));
  },
);
