// Watching a herd that asks for tokens: what each may watch and page through, and that the longest token leaves room for
// the most watches in what a hibernating WebSocket remembers.

import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { configure, eventually, freshId, statusOf, stubOf } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";
import { ask, bearer, posting, SECRET, tokenFor } from "../support/tokens.ts";

const TOKEN_BYTES = 8192;

// Links close at once when they are quiet, as only then a server can hibernate.
configure({
  auth: { tokenBytes: TOKEN_BYTES },
  limits: { silenceSecondsMax: 2_073_600 },
  peers: { idleSeconds: 0.05 },
});
env.AUTH_SECRET = SECRET;

/** Claims of so many ids, and one more. */
function claims(count: number, more: string): Readonly<Record<string, unknown>> {
  const ids = Array.from({ length: count }, (_, index) => `\u{1f411}${index}`);
  return { herd: { reports: ["w"], asks: ["*", ...ids, more] } };
}

const OPERATOR = { herd: { operator: true } };

test("[WT14] [AC4] a device watches itself, whoever may ask about all watches all", async () => {
  const id = freshId();
  const device = await openWebSocket("/servers/Bolden", bearer(await tokenFor(id)));
  await device.say(`WATCH ${id}\nWATCH emu\nWATCH *\n`);
  expect(await device.hears(/\*\n$/)).toBe(`WATCH ${id}\n? WATCH emu\n? WATCH *\n`);
  const map = await openWebSocket("/servers/Bolden", bearer(await tokenFor("map", { herd: { asks: ["*"] } })));
  await map.say("WATCH *\n");
  await map.hears(/WATCH \*\n$/);
  await ask("/servers/Bolden", posting(`IAMAT ${id} +1+1 1`, bearer(await tokenFor(id))));
  expect(await map.hears(/\n/)).toMatch(new RegExp(`^AT Bolden \\S+ ${id} `));
  expect(await device.hears(/\n/)).toMatch(new RegExp(`^AT Bolden \\S+ ${id} `));
});

test("[WT17] pages of reports are for those who may ask about all", async () => {
  const path = "/servers/Bolden/reports";
  const statusFor = async (claims: Readonly<Record<string, unknown>>) =>
    (await ask(path, { headers: bearer(await tokenFor("kiwi", claims)) })).status;
  expect((await ask(path)).status).toBe(401);
  expect(await statusFor({})).toBe(403);
  expect(await statusFor({ herd: { asks: ["kiwi", "bus-*"] } })).toBe(403);
  expect(await statusFor({ herd: { asks: ["*"] } })).toBe(200);
  expect(await statusFor(OPERATOR)).toBe(200);
});

test("[WT6] [WT26] [AC17] the longest token and the most watches of the longest ids, each with the most seconds, outlive the server's memory", async () => {
  const watched = Array.from({ length: 32 }, (_, index) => `${String(index).padStart(2, "0")}${"é".repeat(127)}`);
  let count = 0;
  while ((await tokenFor("kiwi", claims(count + 10, ""))).length < TOKEN_BYTES - 100) count += 10;
  let rest = "x";
  while ((await tokenFor("kiwi", claims(count, `${rest}x`))).length <= TOKEN_BYTES) rest += "x";
  const token = await tokenFor("kiwi", claims(count, rest));
  expect(token.length).toBeGreaterThan(TOKEN_BYTES - 4);
  const watcher = await openWebSocket("/servers/Hamilton", bearer(token));
  for (const id of watched) await watcher.say(`WATCH ${id} 2073600`);
  await watcher.hears(new RegExp("WATCH 31"));
  await eventually(
    () => statusOf("Hamilton"),
    ({ neighbours }) => neighbours.every(({ link, isCaughtUp }) => link === "closed" && isCaughtUp),
  );
  await evictDurableObject(stubOf("Hamilton"));
  expect(await statusOf("Hamilton")).toMatchObject({ connections: 1, watches: 32 });
  await ask("/servers/Powell", posting(`IAMAT ${watched[31]} +1+1 1`, bearer(await tokenFor("x", OPERATOR))));
  await watcher.hears(/^AT Powell \S+ 31/);
  await watcher.say(`UNWATCH ${watched[31]}\nWATCH y\nIAMAT kiwi +1+1 1`);
  expect(await watcher.hears(/IAMAT kiwi/)).toMatch(/WATCH y\n\? IAMAT kiwi/);
});
