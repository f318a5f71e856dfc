// What leaves the files of the servers, and when: of clients that were forgotten, and of reports that are past keeping.

import { expect, onTestFinished, test } from "vitest";
import type { EarlierVersion } from "../support/earlier-version.ts";
import { HerdApart } from "../support/herd-apart.ts";

/** No other client was there. */
const PLACES = ["+12.345671-98.765431", "+12.345672-98.765432", "+12.345673-98.765433"];

const IS_STORED = /12\.34567\d-98/;

const OTHERS = Array.from({ length: 400 }, (_, index) => `other-${index}`);

interface Settings {
  readonly keepSeconds: number;
  readonly earlier?: EarlierVersion;
}

async function herdOf({ keepSeconds, earlier }: Settings): Promise<HerdApart> {
  const herd = await HerdApart.create({ retrySecondsMax: 1, answerSeconds: 2, idleSeconds: 1 });
  onTestFinished(() => herd.remove());
  const { config } = herd;
  herd.config = {
    ...config,
    limits: { ...config.limits, keepSeconds },
    storage: { ...config.storage, eraseSeconds: 1 },
  };
  if (earlier !== undefined) for (const name of herd.names) herd.earlier.set(name, earlier);
  await herd.start();
  return herd;
}

/** A client moves, among others. */
async function reportAll(herd: HerdApart, name: string, client: string): Promise<void> {
  for (const [index, place] of PLACES.entries()) {
    await herd.report(name, OTHERS, 1000 + index);
    await herd.say(name, `IAMAT ${client} ${place} ${1000 + index}\n`);
  }
  for (const server of herd.names)
    await expect
      .poll(() => herd.held(server, [client]), { timeout: 30_000 })
      .toEqual([expect.stringContaining(PLACES[2] ?? "")]);
}

async function expectGone(herd: HerdApart, pattern: RegExp): Promise<void> {
  // What is found, with where it was found, says why it is still there.
  const found = async (name: string) => {
    const stored = await herd.stored(name);
    const at = stored.search(pattern);
    return at < 0
      ? "nothing"
      : `${name}, byte ${at} of ${stored.length}: ${stored.slice(Math.max(0, at - 100), at + 50)}`;
  };
  for (const name of herd.names)
    await expect.poll(() => found(name), { timeout: 30_000, interval: 500 }).toBe("nothing");
}

test("[ER2] [ER4] where a client was that is forgotten is in no byte of any server's database, and others are as before", async () => {
  const herd = await herdOf({ keepSeconds: 0 });
  await reportAll(herd, "Alford", "erased");
  for (const name of herd.names) await expect.poll(() => herd.stored(name)).toMatch(IS_STORED);
  const before = await herd.held("Powell", OTHERS);
  await herd.say("Hamilton", "FORGET erased\n");
  await expectGone(herd, IS_STORED);
  for (const name of herd.names) expect(await herd.held(name, OTHERS)).toEqual(before);
  await herd.kill(...herd.names);
  await herd.start();
  for (const name of herd.names) expect(await herd.held(name, OTHERS)).toEqual(before);
});

test("[KP1] [ER1] [ER3] reports that are past keeping leave every file, with their clients' ids, though nobody asks", async () => {
  const herd = await herdOf({ keepSeconds: 8 });
  await reportAll(herd, "Bolden", "kept-for-a-while");
  await expectGone(herd, /12\.34567\d-98|kept-for-a-while|other-\d/);
  for (const name of herd.names) {
    expect(await herd.held(name, ["kept-for-a-while"])).toEqual([undefined]);
    expect(await herd.status(name)).toMatchObject({ clients: 0 });
  }
});

test("[ER6] a server that is killed again and again meanwhile has erased it in the end, and lost nothing", async () => {
  const herd = await herdOf({ keepSeconds: 0 });
  await reportAll(herd, "Alford", "erased");
  const before = await herd.held("Alford", OTHERS);
  await herd.say("Alford", "FORGET erased\n");
  for (let kills = 0; kills < 5; kills++) {
    // Another moment of the pass each time.
    await expect.poll(() => herd.printed("Alford"), { interval: 10 + 40 * kills }).toContain("started");
    await herd.kill("Alford");
    await herd.start("Alford");
    await herd.status("Alford");
  }
  await expectGone(herd, IS_STORED);
  expect(await herd.held("Alford", OTHERS)).toEqual(before);
  expect(await herd.status("Alford")).toMatchObject({ clients: OTHERS.length });
});

test("[HD25] [KP7] what a version stored that kept everything comes along, and is kept as long as is said now", async () => {
  const herd = await herdOf({ keepSeconds: 3600, earlier: "no keeping" });
  await reportAll(herd, "Alford", "erased");
  const before = await herd.held("Parker", OTHERS);
  await herd.kill(...herd.names);
  herd.earlier.clear();
  await herd.start();
  for (const name of herd.names) expect(await herd.held(name, OTHERS)).toEqual(before);
  await herd.say("Parker", "FORGET erased\n");
  await expectGone(herd, IS_STORED);
  await herd.kill(...herd.names);
  herd.config = { ...herd.config, limits: { ...herd.config.limits, keepSeconds: 1 } };
  await herd.start();
  for (const name of herd.names) expect(await herd.held(name, OTHERS)).toEqual(OTHERS.map(() => undefined));
  await expectGone(herd, /other-\d/);
});
