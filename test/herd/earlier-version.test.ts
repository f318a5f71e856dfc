// A deploy is not everywhere at once: servers of earlier versions feed those of this one, and are fed by them. And what an
// earlier version stored is what this one starts from. The earlier versions are built from the history of this project.

import { once } from "node:events";
import { WebSocket } from "ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { EARLIER_VERSIONS, type EarlierVersion } from "../support/earlier-version.ts";
import { readServerStatus } from "../../src/core/contract/status.ts";
import { HerdApart } from "../support/herd-apart.ts";

const CLIENTS = Array.from({ length: 200 }, (_, index) => `client-${index}`);

const VERSIONS = Object.keys(EARLIER_VERSIONS) as EarlierVersion[];

async function herdWith(version: EarlierVersion, ...names: readonly string[]): Promise<HerdApart> {
  const herd = await HerdApart.create({ retrySecondsMax: 1 });
  onTestFinished(() => herd.remove());
  for (const name of names.length === 0 ? herd.names : names) herd.earlier.set(name, version);
  await herd.start();
  return herd;
}

async function expectEveryoneHolds(
  herd: HerdApart,
  clients: readonly string[],
  lines: readonly string[],
): Promise<void> {
  for (const name of herd.names) await expect.poll(() => herd.held(name, clients), { timeout: 30_000 }).toEqual(lines);
}

describe.each(VERSIONS)("servers of this version and of that with %s", (version) => {
  test("[HD7] [CU14] [CU6] come to hold the same, and catch up with each other", async () => {
    const herd = await herdWith(version, "Alford", "Bolden");

    // From an old server over a new one to an old one, and the other way round.
    const fromOld = await herd.report("Alford", CLIENTS.slice(0, 100), 1);
    const fromNew = await herd.report("Hamilton", CLIENTS.slice(100), 1);
    await expectEveryoneHolds(herd, CLIENTS, [...fromOld, ...fromNew]);

    await herd.kill("Bolden", "Powell");
    const missed = await herd.report("Hamilton", CLIENTS, 2);
    await herd.start("Bolden", "Powell");
    await expectEveryoneHolds(herd, CLIENTS, missed);
  });
});

test("[HD30] a drained server of the version before is passed over for the next nearest", async () => {
  const herd = await herdWith("fixed lines", "Bolden");
  const drained = await fetch(`${herd.url("Bolden")}/servers/Bolden/down`, { method: "POST" });
  expect(drained.status).toBe(200);
  expect(readServerStatus(await herd.status("Bolden"))).toMatchObject({ server: "Bolden", isDrained: true });
  const choice = await fetch(`${herd.url("Hamilton")}/nearest?near=%2B51.51-0.13`);
  expect(await choice.json()).toMatchObject({
    server: "Parker",
    candidates: [{ server: "Bolden", outcome: "taken out of service" }, { outcome: "chosen" }, {}, {}, {}],
  });
});

test("[FL4] [FL5] a report with fields that nobody knows crosses a server of fixed lines: the position arrives everywhere", async () => {
  const herd = await HerdApart.create({ retrySecondsMax: 1 });
  onTestFinished(() => herd.remove());
  // Parker is played here: it dials Alford, from where the one way to Bolden leads over Powell.
  herd.earlier.set("Powell", "fixed lines");
  await herd.start("Alford", "Bolden", "Powell");
  const query = "version=1&name=Parker&epoch=e1&run=r1&features=got,fields,flight";
  const socket = new WebSocket(`${herd.url("Alford").replace("http", "ws")}/servers/Alford/peer?${query}`, {
    headers: { Authorization: `Bearer ${herd.token}` },
  });
  onTestFinished(() => socket.terminate());
  const [sync] = (await once(socket, "message")) as [Buffer];
  expect(String(sync)).toMatch(/^SYNC e1 0 \S+ features=got,fields,counts\n$/);
  const lines = CLIENTS.map((client) => `AT Parker +1.000000000 ${client} +34.068930-118.445127 1`);
  socket.send(`${lines.map((line) => `${line} accuracy=5\n`).join("")}SEQ e1 0 ${lines.length}\n`);

  for (const name of ["Alford", "Powell", "Bolden"])
    await expect.poll(() => herd.held(name, CLIENTS), { timeout: 30_000 }).toEqual(lines);
  for (const name of ["Alford", "Bolden"])
    expect((await herd.status(name)).neighbours.map(({ stoppedBy }) => stoppedBy)).toEqual([null, null]);
});

test("[RP11] [HD25] servers that disagree about two reports of one time come to agree as they are upgraded, one by one", async () => {
  const herd = await HerdApart.create({ retrySecondsMax: 1 });
  onTestFinished(() => herd.remove());
  for (const name of herd.names) herd.earlier.set(name, "fixed lines");
  await herd.start("Alford");
  const [ofAlford = ""] = await herd.report("Alford", ["tie"], 5);
  await herd.kill("Alford");
  await herd.start("Bolden");
  const [ofBolden = ""] = await herd.report("Bolden", ["tie"], 5);
  expect(ofBolden).not.toBe(ofAlford);
  await herd.start(...herd.names.filter((name) => name !== "Bolden"));
  // They know each other's reports by now, and each keeps its own.
  await expectEveryoneHolds(herd, ["later"], await herd.report("Alford", ["later"], 6));
  expect([await herd.held("Alford", ["tie"]), await herd.held("Bolden", ["tie"])]).toEqual([[ofAlford], [ofBolden]]);

  for (const name of herd.names) {
    await herd.kill(name);
    herd.earlier.delete(name);
    await herd.start(name);
  }
  await expectEveryoneHolds(herd, ["tie"], [ofBolden]);
});

describe.each(VERSIONS)("what the version with %s stored", (version) => {
  test("[HD25] is served by this one, which goes on with its numbers", async () => {
    const herd = await herdWith(version);
    const lines = await herd.report("Alford", CLIENTS, 1);
    await expectEveryoneHolds(herd, CLIENTS, lines);
    const before = await herd.status("Alford");
    await herd.kill(...herd.names);

    herd.earlier.clear();
    await herd.start();
    for (const name of herd.names) expect(await herd.held(name, CLIENTS)).toEqual(lines);
    const after = await herd.status("Alford");
    expect(after).toMatchObject({ clients: before.clients, starts: before.starts + 1 });
    await expectEveryoneHolds(herd, ["client-0"], await herd.report("Parker", ["client-0"], 2));
    // It went on above all numbers that the earlier version gave, of which there is one for each client at least.
    expect((await herd.status("Alford")).lastSeq).toBeGreaterThan(CLIENTS.length);
  });
});
