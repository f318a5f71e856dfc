// Who is believed about where a client comes from, and what counts for the address that deployments share with others.

import { env, exports } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { configure, stubOf } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";

const BURST = 100;
configure({ limits: { connectionsPerAddress: 1, addressRequestsPerSecond: 1, addressRequestsBurst: BURST } });

const TOKEN = "the-token-that-the-deployments-share";
const SHORT = "too-short-to-count";
const TOLD = "198.51.100.7";

/** Of all that come from another deployment. */
const SEEN = { "CF-Connecting-IP": "2a06:98c0:3600::103" };

beforeEach(() => {
  env.PEER_TOKEN = TOKEN;
});

// The clock stands still, so that the numbers are exact.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

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

/** How many of more than the address may make are not answered 429. */
async function admitted(path: string, headers: Record<string, string>): Promise<number> {
  const requests = Array.from({ length: BURST + 50 }, () => exports.default.fetch(`https://herd${path}`, { headers }));
  const responses = await Promise.all(requests);
  for (const { webSocket, body } of responses) {
    webSocket?.accept();
    webSocket?.close(1000);
    await body?.cancel();
  }
  return responses.filter(({ status }) => status !== 429).length;
}

describe("what reaches a deployment from the address that it shares with other people's Workers", () => {
  const FEED = "/servers/Alford/peer?version=1&name=Parker&epoch=e&run=r";

  test("[ED31] [LI31] has its limit, unless a deployment of the herd asks for itself", async () => {
    const other = { "CF-Connecting-IP": "2a06:98c0:3601::103" };
    expect(await admitted("/servers/Alford", other)).toBe(BURST);
    expect(await admitted("/servers/Alford", { ...other, "Herd-Peer-Token": "guessed" })).toBe(0);
    const token = { ...other, "Herd-Peer-Token": TOKEN };
    expect(await admitted("/servers/Alford", token)).toBe(BURST + 50);
    const dial = { ...token, Upgrade: "websocket", Authorization: `Bearer ${TOKEN}` };
    expect(await admitted(FEED, dial)).toBe(BURST + 50);
  });

  test("[ED30] [LI31] counts for the client that is handed on", async () => {
    const other = { "CF-Connecting-IP": "2a06:98c0:3602::103" };
    expect(await admitted("/servers/Alford", other)).toBe(BURST);
    for (const told of ["198.51.100.21", "198.51.100.22"]) {
      const handed = { ...other, "Herd-Peer-Token": TOKEN, "Herd-Client-Address": told };
      expect(await admitted("/servers/Alford", handed)).toBe(BURST);
    }
  });
});
