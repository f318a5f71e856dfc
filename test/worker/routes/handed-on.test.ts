// Who is believed about where a client comes from.

import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { configure, stubOf } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";

configure({ limits: { connectionsPerAddress: 1 } });

const TOKEN = "the-token-that-the-deployments-share";
const SHORT = "too-short-to-count";
const TOLD = "198.51.100.7";

/** Of all that come from another deployment. */
const SEEN = { "CF-Connecting-IP": "2a06:98c0:3600::103" };

beforeEach(() => {
  env.PEER_TOKEN = TOKEN;
});

/** Whether a client with these headers counts for another address than the deployment through which it comes. */
async function isBelieved(headers: Record<string, string>): Promise<boolean> {
  const first = await openWebSocket("/servers/Alford", SEEN);
  const client = await openWebSocket("/servers/Alford", { ...SEEN, ...headers });
  await client.say("HELLO");
  expect(await client.hears(/\n$/)).toBe("? HELLO\n");
  const { connections } = await stubOf("Alford").status();
  client.close(1000, "enough");
  await client.ends();
  if (connections === 1) expect((await first.ends()).closeReason).toMatch(/^1013 gave way/);
  else first.close(1000, "enough");
  await first.ends();
  return connections === 2;
}

test.each([
  ["an address with the token", { "Herd-Client-Address": TOLD, "Herd-Peer-Token": TOKEN }],
  ["an IPv6 address with the token", { "Herd-Client-Address": "2001:db8::7", "Herd-Peer-Token": TOKEN }],
])("[ED30] %s is believed", async (_, headers) => {
  expect(await isBelieved(headers)).toBe(true);
});

test.each([
  ["an address without the token", { "Herd-Client-Address": TOLD }],
  ["one with another token", { "Herd-Client-Address": TOLD, "Herd-Peer-Token": "guessed" }],
  ["one with the token as a client's", { "Herd-Client-Address": TOLD, Authorization: `Bearer ${TOKEN}` }],
  ["one with an empty token", { "Herd-Client-Address": TOLD, "Herd-Peer-Token": "" }],
  ["the token without an address", { "Herd-Peer-Token": TOKEN }],
  ["an empty address", { "Herd-Client-Address": "", "Herd-Peer-Token": TOKEN }],
  ["no address", { "Herd-Client-Address": "nobody", "Herd-Peer-Token": TOKEN }],
  // The other deployment's own machine is not this one's: limits hold for it here.
  ["the other deployment's own machine", { "Herd-Client-Address": "127.0.0.1", "Herd-Peer-Token": TOKEN }],
  ["that machine in IPv6", { "Herd-Client-Address": "::1", "Herd-Peer-Token": TOKEN }],
])("[ED30] %s is not: it counts for the deployment's", async (_, headers) => {
  expect(await isBelieved(headers)).toBe(false);
});

test.each(["", SHORT])("[ED30] [HD51] nobody is, where the token is %j", async (token) => {
  env.PEER_TOKEN = token;
  expect(await isBelieved({ "Herd-Client-Address": TOLD, "Herd-Peer-Token": token })).toBe(false);
});
