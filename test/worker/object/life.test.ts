// The lives of a server in memory: it hibernates under its clients' sockets, it is aborted at any moment, and what it
// answered for is still there and still reaches the others.

import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { configure, eventually, freshId, postTo, SERVERS, settled, statusOf, stubOf } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";
import { LogFollower } from "../support/log-follower.ts";

// Links close at once when they are quiet, as only then a server can hibernate.
configure({ peers: { idleSeconds: 0.05 } });

async function hibernate(server: string): Promise<void> {
  await eventually(
    () => statusOf(server),
    ({ neighbours }) => neighbours.every(({ link, isCaughtUp }) => link === "closed" && isCaughtUp),
  );
  await evictDurableObject(stubOf(server));
}

/** Waits until all servers hold this AT line; what they answer about its client. */
async function arrives(line: string): Promise<string[]> {
  const [, , , client] = line.split(" ");
  const answers = await eventually(
    () => Promise.all(SERVERS.map((server) => postTo(server, `WHATSAT ${client} 1 1`))),
    (all) => all.every((answer) => answer !== ""),
  );
  return answers.map((answer) => answer.slice(0, answer.indexOf("\n")));
}

describe("a server that hibernates", () => {
  test("[CU4] wakes when a client speaks, on the same WebSocket", async () => {
    const [first, second] = [freshId(), freshId()];
    const client = await openWebSocket("/servers/Hamilton?unknown=reject");
    await client.say(`IAMAT ${first} +1+1 1`);
    await client.hears(new RegExp(first));
    const before = await statusOf("Hamilton");
    await hibernate("Hamilton");
    await client.say(`IAMAT ${second} +1+1 1\nIAMAT ${first} +1+1 1\nWHATSAT nobody 1 1`);
    const heard = await client.hears(/nobody 1 1\n$/);
    expect(heard).toMatch(
      new RegExp(`^AT Hamilton \\S+ ${second} .*\nAT Hamilton \\S+ ${first} .*\n\\? WHATSAT nobody`),
    );
    const after = await statusOf("Hamilton");
    expect(after.incarnation).not.toBe(before.incarnation);
    expect(after).toMatchObject({
      epoch: before.epoch,
      starts: before.starts + 1,
      clients: before.clients + 1,
      connections: before.connections,
    });
  });

  test("[RP17] wakes and still stamps the reports of a connection with ?clock=server, and of no other", async () => {
    const id = freshId();
    const client = await openWebSocket("/servers/Hamilton?clock=server");
    const other = await openWebSocket("/servers/Hamilton");
    await hibernate("Hamilton");
    const before = Date.now();
    await client.say(`IAMAT ${id} +1+1 1`);
    const [, , skew, , , time] = (await client.hears(/\n$/)).trim().split(" ");
    expect(skew).toBe("+0.000000000");
    expect(time).toMatch(/^\d+\.\d{9}$/);
    expect(Number(time) * 1000).toBeGreaterThanOrEqual(before - 1);
    await other.say(`IAMAT ${freshId()} +1+1 1`);
    expect(await other.hears(/\n$/)).toMatch(/ 1\n$/);
  });

  test("[LN5] knows its connections apart when it wakes", async () => {
    const clients = await Promise.all(SERVERS.map(() => openWebSocket("/servers/Hamilton")));
    for (const [n, client] of clients.entries()) await client.say(`HELLO ${n}`);
    for (const client of clients) await client.hears(/\n$/);
    await hibernate("Hamilton");
    clients[0]?.close(1000, "enough");
    const newcomer = await openWebSocket("/servers/Hamilton");
    for (const [n, client] of [...clients.slice(1), newcomer].entries()) {
      await client.say(`BYE ${n}`);
      expect(await client.hears(/\n$/)).toBe(`? BYE ${n}\n`);
    }
  });

  test("[LG9] is followed by those who followed its log", async () => {
    const follower = await LogFollower.of("Hamilton");
    await hibernate("Hamilton");
    const { incarnation } = await statusOf("Hamilton");
    await follower.hears("started", incarnation);
    expect(follower.entries.filter(({ event }) => event === "started")).toHaveLength(1);
  });
});

describe("a server that is aborted", () => {
  test("[RP7] [CU1] still has what it answered for, and goes on with its numbers", async () => {
    const client = freshId();
    const answer = await postTo("Alford", `IAMAT ${client} +1+1 5`);
    const before = await statusOf("Alford");
    await abortAllDurableObjects();
    expect(await postTo("Alford", `IAMAT ${client} +2+2 4`)).toBe(answer);
    await postTo("Alford", `IAMAT ${freshId()} +1+1 1`);
    const after = await statusOf("Alford");
    expect(after.incarnation).not.toBe(before.incarnation);
    expect(after).toMatchObject({ epoch: before.epoch, starts: before.starts + 1, clients: before.clients + 1 });
    expect(after.lastSeq).toBeGreaterThan(before.lastSeq);
  });

  test("[CU14] [CU3] in mid-feed, five times over, misses nothing of what it was being sent", async () => {
    for (let round = 0; round < 5; round++) {
      const lines = Array.from({ length: 1200 }, () => `IAMAT ${freshId()} +1+1 1\n`);
      await postTo("Alford", lines.join(""));
      // The frames of these reports are on their way to Parker.
      await runInDurableObject(stubOf("Parker"), (_instance, state) => state.abort("in mid-feed")).catch(
        () => undefined,
      );
    }
    const all = await settled();
    expect(new Set(all.map(({ clients }) => clients))).toEqual(new Set([(await statusOf("Alford")).clients]));
    expect(all[0]?.clients).toBeGreaterThanOrEqual(6000);
  });

  test("[CU4] [FL3] passes on by its alarm what it took while its neighbour was down", async () => {
    const line = await takenInVain();
    await abortAllDurableObjects();
    // Its start asks at once, too (CU28).
    expect(await runDurableObjectAlarm(stubOf("Hamilton"))).toBe(true);
    expect(await arrives(line)).toEqual(SERVERS.map(() => line));
    await eventually(
      () => statusOf("Hamilton"),
      ({ neighbours }) => neighbours.every(({ isCaughtUp, failures }) => isCaughtUp === true && failures === 0),
    );
  });

  test("[CU14] [CU3] passes on at the next contact what it took while its neighbour was down", async () => {
    const line = await takenInVain();
    await abortAllDurableObjects();
    await postTo("Hamilton", `IAMAT ${freshId()} +1+1 1`);
    expect(await arrives(line)).toEqual(SERVERS.map(() => line));
  });

  test("[CU15] [CU4] is rung for again by its alarm if the turn of the alarm failed", async () => {
    const line = await takenInVain();
    await abortAllDurableObjects();
    const { incarnation } = await statusOf("Hamilton");
    await runInDurableObject(stubOf("Hamilton"), async (_instance, { storage }) => {
      vi.spyOn(storage, "transactionSync").mockImplementationOnce(() => {
        throw new Error("the disk is full");
      });
      await storage.setAlarm(Date.now());
    });
    expect(await arrives(line)).toEqual(SERVERS.map(() => line));
    expect((await statusOf("Hamilton")).incarnation).not.toBe(incarnation);
  });
});

/** The answer to an IAMAT at Hamilton, whose one neighbour refuses its link; it says so, and serves. */
async function takenInVain(): Promise<string> {
  await settled();
  await runInDurableObject(stubOf("Parker"), (parker) => {
    parker.fetch = () => new Response(null, { status: 503 });
  });
  await eventually(
    () => statusOf("Hamilton"),
    ({ neighbours }) => neighbours.every(({ link }) => link === "closed"),
  );
  const log = await LogFollower.of("Hamilton");
  const line = await postTo("Hamilton", `IAMAT ${freshId()} +1+1 1`);
  await log.hears("link down", "HTTP 503");
  const { neighbours } = await statusOf("Hamilton");
  expect(neighbours).toMatchObject([
    { neighbour: "Parker", isCaughtUp: false, lastError: expect.stringContaining("HTTP 503") },
  ]);
  return line.trimEnd();
}
