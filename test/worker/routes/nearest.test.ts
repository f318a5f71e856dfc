// The nearest server: whom the herd chooses for twelve places on earth, and whom when that one is down.

import { abortAllDurableObjects, reset, runInDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import config from "../../../herd.config.json" with { type: "json" };
import { chordKm } from "../../support/chord.ts";
import { configure, eventually, freshId, SERVERS, stubOf } from "../support/herd.ts";
import { WebSocketClient } from "../support/line-client.ts";

// One that does not answer is to be passed over within the test's patience.
configure({ nearest: { answerSeconds: 0.5 } });

interface Choice {
  readonly server: string;
  readonly by: string;
  readonly candidates: readonly { readonly server: string; readonly distanceKm: number; readonly outcome: string }[];
}

/** Where, and which servers are nearest by a look at the globe: the first, and the next. */
const PLACES = [
  ["Vancouver", 49.28, -123.12, "Alford", "Parker"],
  ["Honolulu", 21.31, -157.86, "Alford", "Parker"],
  ["Apia, across the date line", -13.83, -171.77, "Alford", "Hamilton"],
  ["Reykjavík", 64.15, -21.94, "Bolden", "Parker"],
  ["Moscow", 55.76, 37.62, "Bolden", "Parker"],
  ["Tokyo", 35.68, 139.69, "Hamilton", "Alford"],
  ["Suva", -18.14, 178.44, "Hamilton", "Alford"],
  ["Perth", -31.95, 115.86, "Hamilton", "Powell"],
  ["Bogotá", 4.71, -74.07, "Parker", "Powell"],
  ["Halifax", 44.65, -63.57, "Parker", "Bolden"],
  ["Cape Town", -33.92, 18.42, "Powell", "Hamilton"],
  ["the South Pole", -90, 0, "Powell", "Hamilton"],
] as const;

function ask(query: string, init?: RequestInit): Promise<Response> {
  return exports.default.fetch(new Request(`https://herd/nearest${query}`, init));
}

async function choiceAt(query: string, init?: RequestInit): Promise<Choice> {
  return (await ask(query, init)).json();
}

/** All servers as the test orders them itself. */
function orderAt(latitude: number, longitude: number): string[] {
  const kmTo = ({ location }: { readonly location: string }) => {
    const [, north, east] = /^([+-][\d.]+)([+-][\d.]+)$/.exec(location) ?? [];
    return chordKm({ latitude, longitude }, { latitude: Number(north), longitude: Number(east) });
  };
  return config.servers.toSorted((a, b) => kmTo(a) - kmTo(b)).map(({ name }) => name);
}

function location(latitude: number, longitude: number): string {
  return [latitude, longitude].map((degrees) => `${degrees < 0 ? "-" : "+"}${Math.abs(degrees)}`).join("");
}

function near(latitude: number, longitude: number): string {
  return `?near=${encodeURIComponent(location(latitude, longitude))}`;
}

/** Who takes a client's connection, and what the upgrade's answer says of it. */
async function connectAt(query: string): Promise<{ client: WebSocketClient; headers: Headers }> {
  const { webSocket, headers, status } = await ask(query, { headers: { Upgrade: "websocket" } });
  if (webSocket === null) throw new Error(`Cannot connect at ${query}: HTTP ${status}`);
  return { client: new WebSocketClient(webSocket), headers };
}

/** The server that speaks, over a connection and in answer to a POST; all must be one. */
async function whoAnswers(query: string): Promise<string> {
  const { client, headers } = await connectAt(query);
  await client.say(`IAMAT ${freshId()} +1+1 1`);
  const overWebSocket = /^AT (\w+) /.exec(await client.hears(/\n$/))?.[1];
  client.close(1000, "");
  const posted = await ask(query, { method: "POST", body: `IAMAT ${freshId()} +1+1 1` });
  const overPost = /^AT (\w+) /.exec(await posted.text())?.[1];
  const named = [headers, posted.headers].map((each) => each.get("Herd-Server"));
  const choice = await ask(query);
  const { server }: Choice = await choice.json();
  const all = new Set([overWebSocket, overPost, ...named, server, choice.headers.get("Herd-Server")]);
  expect([...all]).toEqual([server]);
  return server;
}

describe("all servers up", () => {
  test.each(PLACES)("[ED1] [ED4] [ED14] %s", async (_, latitude, longitude, first) => {
    const choice = await choiceAt(near(latitude, longitude));
    expect(choice.candidates.map(({ server }) => server)).toEqual(orderAt(latitude, longitude));
    expect(choice.candidates.map(({ outcome }) => outcome)).toEqual([
      "chosen",
      ...Array.from({ length: 4 }, () => "not asked"),
    ]);
    expect(await whoAnswers(near(latitude, longitude))).toBe(first);
  });

  test.each(PLACES)("[ED10] %s, by what the network says of the address", async (_, latitude, longitude, first) => {
    const cf = { latitude: latitude.toFixed(5), longitude: longitude.toFixed(5), country: "T1" };
    const choice = await choiceAt("", { cf });
    expect([choice.server, choice.by]).toEqual([first, "the address's coordinates"]);
  });

  test.each([
    ["the country", { country: "GB" }, "Bolden"],
    ["the continent", { continent: "SA" }, "Powell"],
    ["the country, as the coordinates are none", { latitude: "north", longitude: "0", country: "SG" }, "Hamilton"],
  ])("[ED11] by %s", async (_, cf, server) => {
    expect((await choiceAt("", { cf })).server).toBe(server);
  });

  test("[ED12] by nothing: the first server, or the default server of the configuration", async () => {
    expect((await choiceAt("", { cf: { country: "T1" } })).server).toBe("Alford");
    configure({ nearest: { answerSeconds: 0.5, defaultServer: "Hamilton" } });
    expect((await choiceAt("", { cf: {} })).server).toBe("Hamilton");
    configure({ nearest: { answerSeconds: 0.5 } });
  });

  test.each(["?near=-23.5-46.6", "?near=%2B51.5-0.1", "?near=+51.5-0.1", "?near=%2B1.3%2B103.8", "?near=+1.3+103.8"])(
    "[ED2] what the client says overrides the network: %s",
    async (query) => {
      const choice = await choiceAt(query, { cf: { latitude: "40.7", longitude: "-74.0" } });
      expect(choice.by).toBe("?near=");
      expect(choice.server).not.toBe("Parker");
    },
  );

  test.each(["", "34,-118", "+91+0", "+0+181", "+34.05", "here", `+1+1${"0".repeat(64)}`])(
    "[ED9] ?near=%s is no location",
    async (text) => {
      const query = `?near=${encodeURIComponent(text)}`;
      for (const init of [{}, { method: "POST", body: "HELLO" }, { headers: { Upgrade: "websocket" } }]) {
        const response = await ask(query, init);
        expect(response.status).toBe(400);
        expect(await response.json()).toMatchObject({
          title: expect.stringContaining("±lat±lon"),
          examples: [expect.any(String)],
        });
      }
    },
  );

  test("[ED4] [ED15] tells the distance, in the headers too, and passes the rest of the query on", async () => {
    const { client, headers } = await connectAt(`${near(51.51, -0.13)}&unknown=reject`);
    expect([headers.get("Herd-Server"), headers.get("Herd-Distance-Km")]).toEqual(["Bolden", "0"]);
    await client.say("WHATSAT nobody 1 1");
    expect(await client.hears(/\n$/)).toBe("? WHATSAT nobody 1 1\n");
    client.close(1000, "");
    const { candidates } = await choiceAt(near(34.05, -118.24));
    const km = chordKm({ latitude: 34.05, longitude: -118.24 }, { latitude: 40.71, longitude: -74.01 });
    expect(candidates[1]).toMatchObject({ server: "Parker", distanceKm: Number(km.toFixed(1)) });
  });

  test("[ED4] [HD15] what a server refuses is the answer: no other is asked", async () => {
    const refused = await ask("?unknown=maybe", { method: "POST", body: "HELLO" });
    expect([refused.status, refused.headers.get("Herd-Server")]).toEqual([400, "Alford"]);
    expect((await ask("", { method: "POST", body: "x".repeat(65_537) })).status).toBe(413);
    // Its length is not announced.
    expect((await ask("", { method: "POST", body: new Blob(["x".repeat(65_537)]).stream() })).status).toBe(413);
    const wrongMethod = await ask("", { method: "PUT" });
    expect([wrongMethod.status, wrongMethod.headers.get("Allow")]).toEqual([405, "GET, POST"]);
  });
});

describe.each(SERVERS)("with %s out of service", (server) => {
  beforeEach(() => stubOf(server).setDrained(true));
  afterEach(() => stubOf(server).setDrained(false));

  test.each(PLACES.filter(([, , , first]) => first === server))("[ED3] %s", expectNext);
});

/** What is said of the nearest server in `candidates`. */
let outcome = "taken out of service";

async function expectNext(_: string, latitude: number, longitude: number, first: string, next: string): Promise<void> {
  expect(orderAt(latitude, longitude).slice(0, 2)).toEqual([first, next]);
  expect(await whoAnswers(near(latitude, longitude))).toBe(next);
  const { candidates } = await choiceAt(near(latitude, longitude));
  expect(candidates.map((candidate) => candidate.outcome).slice(0, 3)).toEqual([outcome, "chosen", "not asked"]);
}

describe("the nearest server", () => {
  afterEach(async () => {
    await reset();
    outcome = "taken out of service";
  });

  test.each(PLACES.slice(4, 5))("[ED3] fails at its start, from a store that it does not know: %s", async (...row) => {
    const name = row[3];
    await runInDurableObject(stubOf(name), (_, { storage }) => void storage.sql.exec("UPDATE layout SET version = 99"));
    await abortAllDurableObjects();
    outcome = "failed";
    await expectNext(...row);
  });

  test.each(PLACES.slice(4, 5))("[ED3] does not answer: %s", async (...row) => {
    await runInDurableObject(stubOf(row[3]), (_, state) => {
      setTimeout(() => void state.blockConcurrencyWhile(() => new Promise(() => undefined)), 0);
    });
    outcome = "did not answer in 0.5 s";
    try {
      await eventually(
        () => choiceAt(near(row[1], row[2])),
        ({ candidates }) => candidates[0]?.outcome === outcome,
      );
      await expectNext(...row);
    } finally {
      await abortAllDurableObjects();
    }
  });
});

describe("no server", () => {
  test("[ED13] answers: 503 says of each why, and when to try again", async () => {
    for (const server of SERVERS) await stubOf(server).setDrained(true);
    for (const init of [{}, { method: "POST", body: "HELLO" }, { headers: { Upgrade: "websocket" } }]) {
      const response = await ask(near(51.51, -0.13), init);
      expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "5"]);
      const { candidates } = await response.json<{ candidates: string[] }>();
      expect(candidates.map((candidate) => candidate.split(" ")[0])).toEqual(orderAt(51.51, -0.13));
    }
    for (const server of SERVERS) await stubOf(server).setDrained(false);
  });
});
