// The addresses of the herd: what each answers, and what is said where there is nothing.

import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import config from "../../../herd.config.json" with { type: "json" };
import { degreesOf } from "../../../src/core/protocol/location.ts";
import { freshId, postTo, SERVERS, statusOf } from "../support/herd.ts";
import { byteString, connectTcp, openWebSocket } from "../support/line-client.ts";
import { LogFollower } from "../support/log-follower.ts";

const UPGRADE = { headers: { Upgrade: "websocket" } };

function ask(path: string, init?: RequestInit): Promise<Response> {
  return exports.default.fetch(`https://herd${path}`, init);
}

describe("addresses", () => {
  test("[HD2] GET /herd tells the topology and how each server stands", async () => {
    const response = await ask("/herd");
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const expected = config.servers.map(({ name, neighbours, tcpPort, location }) => ({
      name,
      neighbours,
      tcpPort,
      place: degreesOf(location),
      status: expect.objectContaining({
        server: name,
        neighbours: neighbours.map((neighbour) => expect.objectContaining({ neighbour })),
      }),
    }));
    expect(await response.json()).toEqual({ auth: "open", warning: expect.any(String), servers: expected });
  });

  test("[HD2] GET /servers/:name tells how one server stands", async () => {
    const before = await statusOf("Alford");
    const client = await openWebSocket("/servers/Alford");
    await client.say(`IAMAT ${freshId()} +1+1 1`);
    await client.hears(/\n$/);
    const after = await statusOf("Alford");
    expect(after).toMatchObject({ server: "Alford", epoch: before.epoch, incarnation: before.incarnation, starts: 1 });
    expect(after.clients - before.clients).toBe(1);
    expect(after.connections - before.connections).toBe(1);
    expect(after.lastSeq).toBeGreaterThan(before.lastSeq);
  });

  test("[LN1] POST /servers/:name takes lines and answers with theirs, as text", async () => {
    const response = await ask("/servers/Alford", { method: "POST", body: "HELLO\nBYE" });
    expect(response.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).toBe("? HELLO\n? BYE\n");
  });

  test("[LN1] a POST without lines has an answer without lines", async () => {
    const response = await ask("/servers/Alford", { method: "POST", body: "" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  test("[LN10] a POST whose length is not announced is cut off at the limit too", async () => {
    const kilobyte = new Uint8Array(1024).fill(0x20);
    let kilobytes = 0;
    const body = new ReadableStream({
      pull: (controller) => (++kilobytes > 1000 ? controller.close() : controller.enqueue(kilobyte)),
    });
    const response = await ask("/servers/Alford", { method: "POST", body });
    expect(response.status).toBe(413);
    expect(kilobytes, "kilobytes read").toBeLessThan(1000);
  });

  test.each(config.servers)("[HD13] TCP port $tcpPort is that of $name", async ({ name }) => {
    const id = freshId();
    const client = connectTcp(name);
    await client.say(`IAMAT ${id} +1+1 1\n`);
    expect(await client.hears(/\n$/)).toMatch(new RegExp(`^AT ${name} \\S+ ${id} `));
  });
});

describe("a server's log", () => {
  test("[LG1] [LG3] [LG4] [LG6] is lines of JSON, oldest first, with connections, refusals and their reasons", async () => {
    const id = freshId();
    await postTo("Hamilton", `HELLO ${id}\nWHATSAT ${id} 1 1`);
    const response = await ask("/servers/Hamilton/log");
    expect(response.headers.get("Content-Type")).toBe("application/x-ndjson");
    const lines = byteString(new Uint8Array(await response.arrayBuffer())).split(/(?<=\n)/);
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries[0]).toMatchObject({ event: "started", server: "Hamilton", starts: 1, clients: 0 });
    const tail = entries.slice(entries.findIndex(({ client }) => client === id) - 2);
    expect(tail).toMatchObject([
      { event: "connected", via: "post" },
      { event: "refused", reason: "unknown command" },
      { event: "unknown client", client: id, answer: "none" },
      { event: "disconnected", reason: "input ended" },
    ]);
    for (const { at } of entries) expect(at).toBe(new Date(String(at)).toISOString());
  });

  test("[LG9] is followed live over a WebSocket, by several at once, until they leave", async () => {
    const [first, second] = [await LogFollower.of("Hamilton"), await LogFollower.of("Hamilton")];
    const id = freshId();
    const later = freshId();
    await postTo("Hamilton", `WHATSAT ${id} 1 1`);
    for (const follower of [first, second]) await follower.hears("unknown client", id);
    await first.leave();
    await postTo("Hamilton", `WHATSAT ${later} 1 1`);
    await second.hears("unknown client", later);
    expect(JSON.stringify(first.entries)).not.toContain(later);
  });

  test("[LG10] takes no lines from those who follow it, who are no client connections", async () => {
    const { connections } = await statusOf("Hamilton");
    const follower = await openWebSocket("/servers/Hamilton/log");
    const id = freshId();
    await follower.say(`IAMAT ${id} +1+1 1`);
    await postTo("Hamilton", `HELLO ${id}`);
    expect(await follower.hears(/"refused"/)).not.toContain("IAMAT");
    expect((await statusOf("Hamilton")).connections).toBe(connections);
    expect(await postTo("Hamilton", `WHATSAT ${id} 1 1`)).toBe("");
  });
});

const NO_ADDRESS = {
  status: 404,
  title: "Nothing is at this address",
  addresses: expect.arrayContaining(["GET /herd"]),
};
const NO_SERVER = { status: 404, title: expect.stringContaining("no server named"), servers: SERVERS };
const WRONG_METHOD = {
  status: 405,
  title: expect.stringContaining("GET"),
  addresses: expect.arrayContaining(["GET /herd"]),
};
const HELLO = "?version=1&name=Parker&epoch=e&run=r";

describe("what does not exist", () => {
  test.each([
    ["/servers", NO_ADDRESS],
    ["/herds", NO_ADDRESS],
    ["/servers/Nobody", NO_SERVER],
    ["/servers/alford", NO_SERVER],
    ["/servers/%41lford", NO_SERVER],
    ["/servers/Nobody/log", NO_SERVER],
    ["/servers/__proto__", NO_SERVER],
    ["/servers/Alford/logs", NO_ADDRESS],
    // The paths inside a server's object.
    [`/servers/Alford/feed${HELLO}`, NO_ADDRESS],
    [`/servers/Alford%2Ffeed${HELLO}`, NO_SERVER],
    [`/servers/Alford/../feed${HELLO}`, NO_SERVER],
    [`/feed${HELLO}`, NO_ADDRESS],
    ["/servers/Alford/client", NO_ADDRESS],
    ["/client", NO_ADDRESS],
  ])("[HD14] [FL1] GET %s, with and without Upgrade", async (path, expected) => {
    for (const init of [{}, UPGRADE]) expect(await problemOf(await ask(path, init))).toEqual(expected);
  });

  test.each([
    ["PUT", "/servers/Alford", "GET, POST"],
    ["DELETE", "/servers/Alford", "GET, POST"],
    ["POST", "/servers/Alford/log", "GET"],
    ["POST", "/herd", "GET"],
    ["PATCH", "/herd", "GET"],
  ])("[HD15] %s %s", async (method, path, allowed) => {
    const response = await ask(path, { method });
    expect(response.headers.get("Allow")).toBe(allowed);
    expect(await problemOf(response)).toEqual(WRONG_METHOD);
  });

  test.each(["?unknown=maybe", "?unknown=", "?unknown=REJECT"])("[HD16] [WA7] the value in %s", async (query) => {
    const expected = { status: 400, title: expect.stringContaining("?unknown="), values: ["ignore", "reject"] };
    for (const init of [UPGRADE, { method: "POST", body: "HELLO" }])
      expect(await problemOf(await ask(`/servers/Alford${query}`, init))).toEqual(expected);
  });

  test.each([
    ["reasons=maybe", "reasons", ["yes", "no"]],
    ["reasons=", "reasons", ["yes", "no"]],
    ["unknown=reject&reasons=1", "reasons", ["yes", "no"]],
  ])("[HD16] [LN12] the value in ?%s", async (query, name, values) => {
    const expected = { status: 400, title: `?${name}= takes one of two values`, values };
    for (const init of [UPGRADE, { method: "POST", body: "HELLO" }])
      expect(await problemOf(await ask(`/servers/Alford?${query}`, init))).toEqual(expected);
  });

  test.each(["clock=", "clock=Server", "clock=client", "clock=server%20", "reasons=yes&clock=1"])(
    "[HD16] [RP17] the value in ?%s",
    async (query) => {
      const expected = { status: 400, title: "?clock= takes one value", values: ["server"] };
      for (const path of ["/servers/Alford", "/nearest"])
        for (const init of [UPGRADE, { method: "POST", body: "IAMAT intruder +1+1 now" }])
          expect(await problemOf(await ask(`${path}?${query}`, init))).toEqual(expected);
    },
  );

  test("[HD16] [HD37] [RP17] an option twice: a POST is refused, and so is an upgrade if one of the values is wrong", async () => {
    const init = { method: "POST", body: "IAMAT intruder +1+1 now" };
    const twice = await problemOf(await ask("/servers/Alford?clock=server&clock=server", init));
    expect(twice).toMatchObject({ status: 400, title: "This address takes ?clock= once" });
    const wrong = await problemOf(await ask("/servers/Alford?clock=server&clock=Server", UPGRADE));
    expect(wrong).toMatchObject({ status: 400, title: "?clock= takes one value" });
    const client = await openWebSocket("/servers/Alford?clock=server&clock=server");
    await client.say("HELLO");
    expect(await client.hears(/\n$/)).toBe("? HELLO\n");
  });

  test.each([
    ["GET", "/?id=kiwi&lat=34.07&lon=-118.44&timestamp=1400794645", "id", []],
    ["GET", "/?lat=34.07", "lat", []],
    ["GET", "/herd?id=kiwi&lat=34.07", "id", []],
    ["GET", "/health?verbose=1", "verbose", []],
    ["GET", "/nearest?lat=34.07&lon=-118.44", "lat", ["near"]],
    ["GET", "/servers/Alford?id=kiwi&lat=34.07&lon=-118.44", "id", []],
    ["POST", "/servers/Alford?id=kiwi&lat=34.07&lon=-118.44", "id", ["unknown", "reasons", "clock"]],
    ["POST", "/nearest?id=kiwi", "id", ["near", "unknown", "reasons", "clock"]],
    ["GET", "/servers/Alford/reports?count=1&page=2", "page", ["after", "count"]],
  ])("[HD37] %s %s asks for what is not there", async (method, path, foreign, parameters) => {
    const init = method === "POST" ? { method, body: "IAMAT intruder +1+1 1" } : { method };
    const expected = { status: 400, title: `This address does not take ?${foreign}=`, parameters };
    expect(await problemOf(await ask(path, init))).toMatchObject(expected);
    expect(await (await ask("/servers/Alford/reports?after=intrude&count=1")).text()).not.toContain("intruder");
  });

  test("[HD37] a parameter twice", async () => {
    const problem = await problemOf(await ask("/servers/Alford/reports?count=1&count=2"));
    expect(problem).toMatchObject({
      status: 400,
      title: "This address takes ?count= once",
      parameters: ["after", "count"],
    });
  });

  test("[HD37] [LN12] an upgrade may have parameters of a later version", async () => {
    const client = await openWebSocket("/servers/Alford?reasons=yes&later=1");
    await client.say("HELLO");
    expect(await client.hears(/\n$/)).toBe("?syntax HELLO\n");
  });

  test("[FL1] a feed cannot be had through the query of a client's address", async () => {
    const client = await openWebSocket(`/servers/Alford${HELLO}`);
    await client.say("AT Parker +0.000000000 intruder +1+1 1\nSEQ e 0 1");
    expect(await client.hears(/SEQ e 0 1\n$/)).toMatch(/^\? AT Parker .*\n\? SEQ e 0 1\n$/);
  });
});

/** The problem in an answer, which is one line of JSON and has the answer's status. */
async function problemOf(response: Response): Promise<unknown> {
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  const text = await response.text();
  expect(text).toMatch(/^\{.*\}\n$/);
  const problem = JSON.parse(text) as { status: number };
  expect(problem.status).toBe(response.status);
  return problem;
}
