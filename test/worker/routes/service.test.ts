// A server taken out of service over its address: who may, what clients, neighbours and newcomers are told, and its return.

import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configure, eventually, freshId, postTo, settled, SERVERS, statusOf, stubOf } from "../support/herd.ts";
import { connectTcp, openWebSocket } from "../support/line-client.ts";
import { LogFollower } from "../support/log-follower.ts";

configure({ peers: { retrySecondsMax: 1 } });

const TOKEN = "the-operators-token-of-this-test";
const REASON = "Bolden is taken out of service: connect to /nearest";

env.OPERATOR_TOKEN = TOKEN;

function operate(
  path: string,
  headers: Record<string, string> = { Authorization: `Bearer ${TOKEN}` },
): Promise<Response> {
  return exports.default.fetch(`https://herd${path}`, { method: "POST", headers });
}

/** By today's address, or by the former one. */
async function setService(word: "drain" | "resume" | "down" | "up"): Promise<void> {
  expect((await operate(`/servers/Bolden/${word}`)).status).toBe(200);
}

/** Whether Bolden holds the report of that client. */
function holds(client: string): Promise<boolean> {
  return postTo("Bolden", `IAMAT ${client} +2+2 0`).then((answer) => answer.includes(`${client} +1+1 1`));
}

describe("who may take a server out of service", () => {
  test.each([
    ["nobody without a token", {}],
    ["nobody with another one", { Authorization: "Bearer wrong" }],
    ["nobody with an empty one", { Authorization: "Bearer " }],
    ["nobody with the token as a password", { Authorization: `Basic ${TOKEN}` }],
  ])("[ED7] %s", async (_, headers) => {
    for (const word of ["drain", "resume", "down", "up"]) {
      const response = await operate(`/servers/Bolden/${word}`, headers);
      expect([response.status, response.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
      const body = await response.text();
      expect(JSON.parse(body)).toMatchObject({ status: 401, title: expect.stringContaining("OPERATOR_TOKEN") });
      expect(body).not.toContain(TOKEN);
    }
    expect(await statusOf("Bolden")).toMatchObject({ isDrained: false });
  });

  test("[ED27] also by the former names of the addresses", async () => {
    await setService("down");
    expect(await statusOf("Bolden")).toMatchObject({ isDrained: true });
    await setService("up");
    expect(await statusOf("Bolden")).toMatchObject({ isDrained: false });
  });

  test("[ED7] [HD8] nobody, where the herd has no token of its own", async () => {
    env.OPERATOR_TOKEN = "";
    expect((await operate("/servers/Bolden/up")).status).toBe(401);
    const local = await exports.default.fetch("http://localhost:8787/servers/Bolden/up", { method: "POST" });
    expect(local.status).toBe(401);
    env.OPERATOR_TOKEN = TOKEN;
  });

  test("[HD14] [HD15] with POST alone, and a server that the herd has", async () => {
    const { status, headers } = await exports.default.fetch("https://herd/servers/Bolden/down");
    expect([status, headers.get("Allow")]).toEqual([405, "POST"]);
    expect((await operate("/servers/Boldne/down")).status).toBe(404);
  });
});

describe("a server out of service", () => {
  beforeEach(() => settled());
  afterEach(() => setService("resume"));

  test("[ED18] [ED19] closes its clients' connections with a reason, after what they were owed", async () => {
    const [socket, tcp] = [await openWebSocket("/servers/Bolden"), connectTcp("Bolden")];
    await tcp.say(`IAMAT ${freshId()} +1+1 1\n`);
    await tcp.hears(/\n$/);
    await setService("drain");
    expect(await socket.ends()).toEqual({ heard: "", closeReason: `1001 ${REASON}` });
    expect(await tcp.ends()).toEqual({ heard: "", closeReason: "end of stream" });
    await eventually(
      () => statusOf("Bolden"),
      ({ connections }) => connections === 0,
    );
  });

  test("[ED21] [ED23] refuses connections, lines and feeds, and ends a TCP connection", async () => {
    await setService("drain");
    const path = "https://herd/servers/Bolden";
    for (const init of [{ headers: { Upgrade: "websocket" } }, { method: "POST", body: "HELLO" }]) {
      const response = await exports.default.fetch(path, init);
      expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "60"]);
      expect(await response.json()).toEqual({ status: 503, title: REASON, addresses: ["/nearest"] });
    }
    const feed = await stubOf("Bolden").fetch("https://herd/feed?version=1&name=Parker&epoch=e&run=r", {
      headers: { Upgrade: "websocket" },
    });
    expect([feed.status, await feed.json()]).toEqual([503, expect.objectContaining({ title: REASON })]);
    expect(await connectTcp("Bolden").ends()).toEqual({ heard: "", closeReason: "end of stream" });
  });

  test("[ED24] says so in its status, on /herd, and in its log, which can be followed on", async () => {
    const log = await LogFollower.of("Bolden");
    const client = await openWebSocket("/servers/Bolden");
    await setService("drain");
    await log.hears("drained", '"connections":1');
    await client.ends();
    expect(await statusOf("Bolden")).toMatchObject({ isDrained: true });
    const herd = await (await exports.default.fetch("https://herd/herd")).json<{ servers: { status: object }[] }>();
    expect(herd.servers.map(({ status }) => status)).toMatchObject(
      SERVERS.map((name) => ({ isDrained: name === "Bolden" })),
    );
    await setService("resume");
    await log.hears("resumed", "");
  });

  test.each([
    ["was aborted", () => abortAllDurableObjects()],
    ["has left memory", () => evictDurableObject(stubOf("Bolden"))],
  ])("[ED5] is so still when its object %s", async (_, end) => {
    await setService("drain");
    const { incarnation } = await statusOf("Bolden");
    await end();
    const status = await statusOf("Bolden");
    expect(status).toMatchObject({ isDrained: true });
    expect(status.incarnation).not.toBe(incarnation);
    expect((await exports.default.fetch("https://herd/servers/Bolden", { method: "POST", body: "" })).status).toBe(503);
  });

  test("[ED21] [ED23] [ED26] hears nothing of the herd, which goes on, and has caught up when it is back", async () => {
    await setService("drain");
    const { lastSeq } = await statusOf("Bolden");
    const clients = Array.from({ length: 300 }, freshId);
    await postTo("Alford", clients.map((client) => `IAMAT ${client} +1+1 1`).join("\n"));
    await eventually(
      () => statusOf("Hamilton"),
      ({ clients: known }) => known >= clients.length,
    );
    await eventually(
      () => statusOf("Powell"),
      ({ neighbours }) => neighbours.some(({ lastError }) => lastError?.includes("HTTP 503") === true),
    );
    expect((await statusOf("Bolden")).lastSeq).toBe(lastSeq);
    await setService("resume");
    await settled();
    for (const client of [clients[0], clients.at(-1)]) expect(await holds(client ?? "")).toBe(true);
  });

  test("[ED26] that is back sends its neighbours what it took just before", async () => {
    const client = freshId();
    const held = await openWebSocket("/servers/Bolden");
    await held.say(`IAMAT ${client} +1+1 1`);
    await setService("drain");
    expect((await held.ends()).heard).toMatch(/^AT Bolden /);
    await setService("resume");
    await eventually(
      () => postTo("Hamilton", `IAMAT ${client} +2+2 0`),
      (answer) => answer.startsWith("AT Bolden"),
    );
  });
});
