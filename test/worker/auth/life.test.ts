// What a token allows, over the lives of a server and to the token's end.

import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { configure, eventually, freshId, settled, statusOf, stubOf } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";
import { ask, AUDIENCE, bearer, ISSUER, nowSeconds, posting, SECRET, tokenFor } from "../support/tokens.ts";
import { storedReports } from "../support/stored-reports.ts";

// Links close at once when they are quiet, as only then a server can hibernate.
configure({
  logLevel: "lines",
  auth: { issuer: ISSUER, audience: AUDIENCE, clockToleranceSeconds: 0, tokenBytes: 8192 },
  peers: { idleSeconds: 0.05 },
});
env.AUTH_SECRET = SECRET;

async function hibernate(server: string): Promise<void> {
  await eventually(
    () => statusOf(server),
    ({ neighbours }) => neighbours.every(({ link, isCaughtUp }) => link === "closed" && isCaughtUp),
  );
  await evictDurableObject(stubOf(server));
}

describe("the connection of a device", () => {
  test("[AC17] may do after hibernation what it might before, and no more", async () => {
    const [id, other] = [freshId(), freshId()];
    const headers = bearer(await tokenFor(id, { herd: { asks: [id, "caf\u00e9-*"] } }));
    const client = await openWebSocket("/servers/Hamilton?unknown=reject", headers);
    await client.say("HELLO");
    await client.hears(/\n$/);
    const before = await statusOf("Hamilton");
    await hibernate("Hamilton");
    await client.say(`IAMAT ${other} +9+9 9\nWHATSAT ${other} 1 1\nWHATSAT caf\u00e9-1 1 1\nIAMAT ${id} +1+1 1`);
    expect(await client.hears(/ 1\n$/)).toMatch(
      new RegExp(`^\\? IAMAT ${other} .*\n\\? WHATSAT ${other} .*\n\\? WHATSAT caf.*\nAT Hamilton \\S+ ${id} `),
    );
    const after = await statusOf("Hamilton");
    expect(after.incarnation).not.toBe(before.incarnation);
    expect(after.clients).toBe(before.clients + 1);
  });

  test("[AC6] is closed with 1008 when its token ends, and the log says so", async () => {
    const exp = nowSeconds() + 2;
    const client = await openWebSocket("/servers/Alford", bearer(await tokenFor(freshId(), { exp })));
    expect(await client.ends()).toEqual({ heard: "", closeReason: "1008 the token has expired" });
    expect(nowSeconds()).toBeGreaterThanOrEqual(exp);
    const operator = bearer(await tokenFor("kate", { herd: { operator: true } }));
    const log = await (await ask("/servers/Alford/log", { headers: operator })).arrayBuffer();
    expect(new TextDecoder().decode(log)).toMatch(
      /"event":"disconnected","connection":\d+,"reason":"the token has expired"/,
    );
  });

  test("[AC19] that follows a log is closed in place of the next entry when its token has ended", async () => {
    const exp = nowSeconds() + 2;
    const headers = bearer(await tokenFor("kate", { exp, herd: { operator: true } }));
    const follower = await openWebSocket("/servers/Powell/log", headers);
    await ask("/servers/Powell", posting("IN TIME", bearer(await tokenFor("kiwi"))));
    await follower.hears(/IN TIME/);
    await hibernate("Powell");
    await eventually(
      async () => nowSeconds(),
      (now) => now > exp,
    );
    await ask("/servers/Powell", posting("TOO LATE", bearer(await tokenFor("kiwi"))));
    const { heard, closeReason } = await follower.ends();
    expect(heard).not.toContain("TOO LATE");
    expect(closeReason).toBe("1008 the token has expired");
  });

  test("[AC6] [AC18] whose token ends while the server hibernates is closed, and its next line is not heard", async () => {
    const [id, exp] = [freshId(), nowSeconds() + 2];
    const client = await openWebSocket("/servers/Bolden", bearer(await tokenFor(id, { exp })));
    await settled();
    await hibernate("Bolden");
    await eventually(
      async () => nowSeconds(),
      (now) => now > exp,
    );
    // A neighbour's dial may have woken it before.
    await client.say(`IAMAT ${id} +1+1 1`).catch(() => undefined);
    expect(await client.ends()).toEqual({ heard: "", closeReason: "1008 the token has expired" });
    const stored = await storedReports("Bolden");
    expect(stored.filter(({ client }) => client === id)).toEqual([]);
  });

  test.each([
    ["characters that take two bytes beside one that asks for that", Array(23).fill(`\u20ac${"a".repeat(240)}*`)],
    ["characters of three bytes", Array(8).fill(`${"\u20ac".repeat(240)}*`)],
    ["many short names", Array(1400).fill("a")],
  ])("[AC14] [AC17] is carried with the longest list there may be, of %s", async (_, asks: string[]) => {
    const id = freshId();
    const token = await tokenFor(id, { herd: { asks } });
    expect(token.length).toBeGreaterThan(7500);
    const client = await openWebSocket("/servers/Parker", bearer(token));
    await client.say(`IAMAT ${id} +1+1 1`);
    expect(await client.hears(/\n$/)).toMatch(/^AT /);
    await hibernate("Parker");
    await client.say(`IAMAT ${id} +2+2 2\nIAMAT emu +1+1 1`);
    expect(await client.hears(/emu .*\n$/)).toMatch(/^AT .* \+2\+2 2\n\? IAMAT emu/);
  });
});
