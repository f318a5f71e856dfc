// How many requests an address may make of the Worker, whatever they ask for.

import { env, exports } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ADDRESSES, type Address } from "../../../src/worker/routes/addresses.ts";
import { configure, SERVERS } from "../support/herd.ts";

const BURST = 20;
configure({ limits: { addressRequestsPerSecond: 1, addressRequestsBurst: BURST } });

// The clock stands still, so that the numbers are exact.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

let addresses = 0;
const freshAddress = () => `192.0.2.${++addresses}`;

function ask(path: string, address: string | undefined, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), ...(address && { "CF-Connecting-IP": address }) };
  return exports.default.fetch(`https://herd${path}`, { ...init, headers });
}

/** How many of so many requests are not answered 429. */
async function admitted(times: number, one: () => Promise<Response>): Promise<number> {
  let count = 0;
  for (let n = 0; n < times; n++) {
    const response = await one();
    response.webSocket?.accept();
    response.webSocket?.close(1000);
    await response.body?.cancel();
    if (response.status !== 429) count++;
  }
  return count;
}

describe("requests of one address", () => {
  const all: readonly [string, Address][] = Object.entries(ADDRESSES);

  test.each(all)("[LI31] to %s are so many", async (_name, address) => {
    const from = freshAddress();
    const path = address.path.replace(":name", "Alford");
    const init: RequestInit = {
      method: address.method,
      ...(address.method === "POST" && { body: "" }),
      ...(address.upgrade === "with" && { headers: { Upgrade: "websocket" } }),
    };
    const isFree = address.costs === "lines";
    const cost = address.costs === "each server" ? SERVERS.length : 1;
    expect(await admitted(BURST + 5, () => ask(path, from, init))).toBe(isFree ? BURST + 5 : BURST / cost);
  });

  test.each(["/page/main.js", "/nothing", "/servers/Nobody", "/cdn-cgi/none"])(
    "[LI31] to %s are so many",
    async (path) => {
      const from = freshAddress();
      expect(await admitted(BURST + 5, () => ask(path, from))).toBe(BURST);
    },
  );

  test("[LI31] above that are told when to come again, and others are not concerned", async () => {
    const from = freshAddress();
    await admitted(BURST, () => ask("/nearest", from));
    const response = await ask("/servers/Alford", from);
    expect(response.status).toBe(429);
    expect(response.headers.get("Retry-After")).toMatch(/^[1-9]\d*$/);
    expect(await response.json()).toEqual({ status: 429, title: "Too many requests of one address: ask again later" });
    expect((await ask("/servers/Alford", freshAddress())).status).toBe(200);
    vi.setSystemTime(Date.now() + 3000);
    expect(await admitted(5, () => ask("/nearest", from))).toBe(3);
  });

  test("[LI31] are not counted for the herd's own machine", async () => {
    for (const from of [undefined, "127.0.0.1", "::1"])
      expect(await admitted(BURST + 5, () => ask("/nearest", from))).toBe(BURST + 5);
  });

  test("[LI24] [LI31] of a /56 are as many as of some addresses", async () => {
    let count = 0;
    for (let n = 0; n < 16; n++) count += await admitted(10, () => ask("/nearest", `2001:db8:0:${n.toString(16)}::1`));
    expect(count).toBe(BURST * 4);
    expect(env.HERD_CONFIG).toContain('"addressesOfNetwork":4');
  });
});
