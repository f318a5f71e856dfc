// One commit takes everything pending, and nothing is answered for before it: not even when it throws.
//
// SQLite itself is made to throw: a trigger refuses one client, and stays over restarts.

import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ServerStatus } from "../../../src/core/contract/status.ts";
import { configure, eventually, freshId, postTo, SERVERS, settled, statusOf, stubOf } from "../support/herd.ts";
import { connectTcp, openWebSocket } from "../support/line-client.ts";

configure({ peers: { retrySecondsMin: 0.05 } });

const POISON = `
  CREATE TRIGGER IF NOT EXISTS poison BEFORE INSERT ON log WHEN NEW.reports LIKE '% poison %'
  BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`;

async function run(server: string, sql: string): Promise<void> {
  await runInDurableObject(stubOf(server), (_instance, { storage }) => storage.sql.exec(sql).toArray());
}

/** Waits for the life after this one. */
function nextLife({ server, incarnation }: ServerStatus): Promise<ServerStatus> {
  return eventually(
    () => statusOf(server),
    (now) => now.incarnation !== incarnation,
  );
}

beforeEach(settled);

describe("a commit that throws", () => {
  afterEach(async () => {
    for (const server of SERVERS) await run(server, "DROP TRIGGER IF EXISTS poison");
  });

  test("[CU15] [RP7] answers nobody, keeps nothing, closes every connection, and the server serves again", async () => {
    await run("Alford", POISON);
    const before = await statusOf("Alford");
    const speaker = await openWebSocket("/servers/Alford");
    const bystander = await openWebSocket("/servers/Alford");
    const follower = await openWebSocket("/servers/Alford/log");
    const overTcp = connectTcp("Alford");
    await overTcp.say("HELLO\n");
    await overTcp.hears(/\n$/);
    const innocent = freshId();
    await speaker.say(`IAMAT ${innocent} +1+1 1\nIAMAT poison +1+1 1\nHELLO`);
    const closed = { heard: "", closeReason: "1011 the server starts again from its store" };
    expect(await speaker.ends()).toEqual(closed);
    expect(await bystander.ends()).toEqual(closed);
    expect((await follower.ends()).closeReason).toBe(closed.closeReason);
    expect(await overTcp.ends()).toEqual({ heard: "", closeReason: "end of stream" });
    const { epoch, starts, clients } = before;
    expect(await nextLife(before)).toMatchObject({ epoch, starts: starts + 1, clients, connections: 0 });
    // The first try was kept nowhere, so an older time is news.
    const answer = await postTo("Alford", `IAMAT ${innocent} +2+2 0.5`);
    expect(answer).toMatch(new RegExp(`^AT Alford \\S+ ${innocent} \\+2\\+2 0\\.5\n$`));
    await settled();
    for (const server of SERVERS) expect(await postTo(server, `IAMAT ${innocent} +3+3 0`)).toBe(answer);
  });

  test("[CU15] is a 503 to a POST, in a line of JSON and without a stack", async () => {
    await run("Bolden", POISON);
    const before = await statusOf("Bolden");
    const answer = await postTo("Bolden", "IAMAT poison +1+1 1");
    expect(JSON.parse(answer)).toEqual({ status: 503, title: expect.any(String) });
    expect(answer).not.toMatch(/disk|turn|Error| at /);
    await nextLife(before);
    const client = freshId();
    expect(await postTo("Bolden", `IAMAT ${client} +1+1 1`)).toContain(` ${client} `);
  });

  test("[CU15] [FL3] at a neighbour leaves the report with its sender, who sends it when that one is well", async () => {
    await run("Hamilton", POISON);
    const before = await statusOf("Hamilton");
    const line = await postTo("Parker", "IAMAT poison +1+1 1");
    await nextLife(await nextLife(before));
    const { neighbours } = await statusOf("Parker");
    expect(neighbours).toContainEqual(expect.objectContaining({ neighbour: "Hamilton", isCaughtUp: false }));
    await run("Hamilton", "DROP TRIGGER poison");
    await settled();
    expect(await postTo("Hamilton", "IAMAT poison +2+2 0")).toBe(line);
  });
});

describe("a commit", () => {
  test("[CU14] is shared by many messages of many connections", async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => openWebSocket("/servers/Powell")));
    const before = await statusOf("Powell");
    const ids = clients.map(() => Array.from({ length: 50 }, freshId));
    for (let n = 0; n < 50; n++)
      for (const [c, client] of clients.entries()) void client.say(`IAMAT ${ids[c]?.[n]} +1+1 1`);
    for (const [c, client] of clients.entries()) {
      const heard = await client.hears(new RegExp(` ${ids[c]?.at(-1)} .*\n$`));
      expect(heard.match(/client-\d+/g)).toEqual(ids[c]);
    }
    const { counters } = await statusOf("Powell");
    expect(counters.commits - before.counters.commits, "commits of 500 messages").toBeLessThan(50);
  });
});
