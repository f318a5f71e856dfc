// One connection that is made again when it is lost: where it connects, what it shows, and when it gives up.

import type { RequestListener } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import type { StateEvent } from "../../src/client/events.ts";
import { LineConnection, type LineConnectionOptions } from "../../src/client/line-connection.ts";
import { findFreePorts } from "../../scripts/local/ports.ts";
import { PlayedServer } from "../support/played-server.ts";

const SETTINGS = { retrySecondsMin: 0.01, retrySecondsMax: 0.02, connectSeconds: 5 } as const;

function lineConnection(options: LineConnectionOptions): LineConnection {
  const connection = new LineConnection({ ...options, settings: { ...SETTINGS, ...options.settings } });
  onTestFinished(() => connection.close());
  return connection;
}

/** The next event that tells of this state. */
function untilState(connection: LineConnection, state: StateEvent["state"]): Promise<StateEvent> {
  return new Promise((resolve) =>
    connection.addEventListener("state", (event) => {
      if (event.state === state) resolve(event);
    }),
  );
}

/** Answers with a problem as the herd does. */
function problem(status: number, title: string, exists: object = {}): RequestListener {
  return (_request, response) =>
    response
      .writeHead(status, { "Content-Type": "application/problem+json" })
      .end(`${JSON.stringify({ status, title, ...exists })}\n`);
}

describe("lines", () => {
  test("[CL36] tells each line that is sent and received, and each state", async () => {
    const played = await PlayedServer.start();
    const told: string[] = [];
    const connection = lineConnection({ url: played.url, server: "Alford", unknown: "reject" });
    connection.addEventListener("line", ({ direction, text }) => told.push(`${direction} ${text}`));
    connection.addEventListener("state", ({ state, server = "?" }) => told.push(`${state} ${server}`));
    expect(connection.send("too early")).toBe(false);
    const open = untilState(connection, "open");
    const accepted = await played.accepts();
    await open;
    expect(connection.send("HELLO")).toBe(true);
    expect(await accepted.hears()).toBe("HELLO");
    const waiting = untilState(connection, "waiting");
    accepted.says("? HELLO", "");
    accepted.close(1001, "Alford is out of service");
    expect(await waiting).toMatchObject({ server: "Alford", reason: "Alford is out of service" });
    expect(connection.send("too late")).toBe(false);
    expect(told).toEqual([
      "connecting ?",
      "connecting Alford",
      "open Alford",
      "sent HELLO",
      "received ? HELLO",
      "received ",
      "waiting Alford",
    ]);
  });

  test("[CL25] close() lets what was sent before leave, and nothing is tried again", async () => {
    const played = await PlayedServer.start();
    const connection = lineConnection({ url: played.url, server: "Alford" });
    await untilState(connection, "open");
    connection.send("LAST");
    connection.close();
    expect(connection.standing.state).toBe("closed");
    const accepted = await played.accepts();
    expect(await accepted.hears()).toBe("LAST");
    await accepted.ended;
  });

  test("[CL35] after a message that was too long, each line has a message of its own", async () => {
    const played = await PlayedServer.start();
    const connection = lineConnection({ url: played.url, server: "Alford" });
    const first = await played.accepts();
    const reopened = untilState(connection, "waiting").then(() => untilState(connection, "open"));
    first.close(1009, "message too long");
    const second = await played.accepts();
    await reopened;
    connection.send("A");
    connection.send("B");
    expect([await second.hears(), await second.hears(), second.messages]).toEqual(["A", "B", 2]);
  });
});

describe("where it connects", () => {
  test("[CL4] several names are tried in turn", async () => {
    const played = await PlayedServer.start();
    const connection = lineConnection({ url: `${played.url}/below/`, server: ["Alford", "Bolden 2"] });
    const targets = [];
    for (let count = 0; count < 3; count++) {
      const accepted = await played.accepts();
      targets.push(accepted.target);
      accepted.breakOff();
    }
    expect(targets).toEqual(["/below/servers/Alford", "/below/servers/Bolden%202", "/below/servers/Alford"]);
    expect(connection.failure).toBeUndefined();
  });

  test("[CL19] the nearest is asked for by name, and again when it is lost", async () => {
    const played = await PlayedServer.start();
    const asked: (string | undefined)[] = [];
    const answers = ["Parker", "Powell"];
    played.onRequest = ({ url }, response) => {
      asked.push(url);
      response.end(JSON.stringify({ server: answers.shift() }));
    };
    const connection = lineConnection({ url: played.url, near: { latitude: 1.5, longitude: -2 } });
    const first = await played.accepts();
    const open = untilState(connection, "waiting").then(() => untilState(connection, "open"));
    first.close(1001, "out of service");
    const second = await played.accepts();
    expect([first.target, second.target]).toEqual(["/servers/Parker", "/servers/Powell"]);
    expect(asked).toEqual(["/nearest?near=%2B1.5-2", "/nearest?near=%2B1.5-2"]);
    expect(await open).toMatchObject({ server: "Powell" });
  });

  test("[CL19] if the nearest takes no connection, /nearest itself leads on", async () => {
    const played = await PlayedServer.start();
    played.isOpen = false;
    const posted: (string | undefined)[] = [];
    played.onRequest = (request, response) => {
      if (request.method === "GET") return response.end('{"server":"Parker"}');
      posted.push(request.url);
      played.isOpen = true;
      return problem(503, "Parker is out of service")(request, response);
    };
    lineConnection({ url: played.url, nearest: true });
    const accepted = await played.accepts();
    expect([posted, accepted.target]).toEqual([["/servers/Parker"], "/nearest"]);
  });

  test("[CL19] a nearest server of another deployment is reached through /nearest", async () => {
    const played = await PlayedServer.start();
    played.onRequest = (_request, response) => response.end('{"server":"Parker","url":"https://elsewhere.example"}');
    lineConnection({ url: played.url });
    expect((await played.accepts()).target).toBe("/nearest");
  });

  test("[CL4] with a server and `nearest`, the nearest comes after the server", async () => {
    const played = await PlayedServer.start();
    played.onRequest = (_request, response) => response.end('{"server":"Powell"}');
    lineConnection({ url: played.url, server: "Alford", nearest: true });
    const first = await played.accepts();
    first.breakOff();
    const second = await played.accepts();
    expect([first.target, second.target]).toEqual(["/servers/Alford", "/servers/Powell"]);
  });

  test.each([
    { what: "no address", options: { url: "kiwi" } },
    { what: "another protocol", options: { url: "ftp://herd.example" } },
    { what: "a server without a name", options: { url: "http://herd.example", server: "" } },
    { what: "no server at all", options: { url: "http://herd.example", server: [] } },
    { what: "a place for a named server", options: { url: "http://herd.example", server: "A", near: "+1+1" } },
  ])("[CL5] $what is invalid", ({ options }) => {
    expect(() => new LineConnection(options)).toThrow(expect.objectContaining({ code: "invalid" }));
  });
});

describe("tokens", () => {
  test("[CL20] a token goes into the subprotocols, a fresh one for each connection, and into no address", async () => {
    const played = await PlayedServer.start();
    const tokens = ["first.token", "second.token"];
    lineConnection({ url: played.url, server: "Alford", token: () => Promise.resolve(tokens.shift() ?? "") });
    const first = await played.accepts();
    first.close(1008, "the token has expired");
    const second = await played.accepts();
    expect([first, second].map(({ offered, target }) => `${offered} at ${target}`)).toEqual([
      "herd, bearer.first.token at /servers/Alford",
      "herd, bearer.second.token at /servers/Alford",
    ]);
  });

  test("[CL23] [CL26] one that could not be shown ends the connection, and no error contains it", async () => {
    const played = await PlayedServer.start();
    const connection = lineConnection({ url: played.url, server: "Alford", token: "not a secret" });
    const { reason } = await untilState(connection, "closed");
    expect(connection.failure).toMatchObject({ code: "token refused" });
    expect(reason).not.toContain("secret");
  });

  test("[CL20] [CL3] one that cannot be had now is asked for again", async () => {
    const played = await PlayedServer.start();
    let tries = 0;
    const token = () => {
      if (++tries === 1) throw new Error("offline");
      return "a.b.c";
    };
    const connection = lineConnection({ url: played.url, server: "Alford", token });
    expect(await untilState(connection, "waiting")).toMatchObject({
      reason: "the token function failed: Error: offline",
    });
    expect((await played.accepts()).offered).toBe("herd, bearer.a.b.c");
  });
});

describe("a server that takes no connection", () => {
  test.each([
    { status: 401, title: "The token has expired", code: "token refused" },
    { status: 403, title: "The token allows neither reports nor WHATSAT", code: "token refused" },
    { status: 404, title: "The herd has no server", code: "invalid", exists: { servers: ["Alford"] } },
    { status: 421, title: "Alford runs in another deployment", code: "invalid", exists: { addresses: ["https://b"] } },
  ])(
    "[CL23] [CL26] HTTP $status ends the connection with what the herd says",
    async ({ status, title, code, exists = {} }) => {
      const played = await PlayedServer.start();
      played.isOpen = false;
      played.onRequest = problem(status, title, exists);
      const connection = lineConnection({ url: played.url, server: "Alford", token: "the.secret.token" });
      const { reason = "" } = await untilState(connection, "closed");
      expect(connection.failure).toMatchObject({ code, message: reason });
      expect(reason).toContain(`Alford answered HTTP ${status}: ${title}`);
      for (const [existing] of Object.values(exists)) expect(reason).toContain(existing);
      expect(reason).not.toContain("secret");
    },
  );

  test.each([
    { what: "no room", answer: problem(503, "There is no room"), reason: "There is no room" },
    {
      what: "a proxy that knows nothing",
      answer: ((_request, response) => response.writeHead(404).end("<html>")) as RequestListener,
      reason: "no problem of a herd",
    },
    {
      what: "an answer, but no WebSocket",
      answer: ((_request, response) => response.end()) as RequestListener,
      reason: "a WebSocket to it could not be opened",
    },
  ])("[CL3] after $what it is tried again", async ({ answer, reason }) => {
    const played = await PlayedServer.start();
    played.isOpen = false;
    played.onRequest = (request, response) => {
      played.isOpen = true;
      answer(request, response);
    };
    const connection = lineConnection({ url: played.url, server: "Alford" });
    const waiting = await untilState(connection, "waiting");
    expect(waiting.reason).toContain(reason);
    await played.accepts();
  });

  test("[CL3] [CL36] an address where nothing answers is named as the reason, and tried again", async () => {
    const [port] = await findFreePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const connection = lineConnection({ url, server: "Alford" });
    const { reason } = await untilState(connection, "waiting");
    expect(reason).toContain(`${url} does not answer: is the herd running`);
    await untilState(connection, "connecting");
  });
});
