// Pages in browsers: which may use the herd, and what every answer forbids them.

import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { configure, freshId, postTo, statusOf } from "../support/herd.ts";
import { WebSocketClient } from "../support/line-client.ts";

const LISTED = "https://map.example";
configure({ limits: { origins: [LISTED, "http://localhost:5173"] } });

const OWN = "https://herd";
const STRANGERS = [
  "https://evil.example",
  "https://herd.evil.example",
  "https://evilherd",
  "https://map.example.evil.example",
  "https://map.example:8443",
  "http://map.example",
  "http://herd",
  "null",
  "*",
  "https://map.example, https://herd",
];

function ask(path: string, init: RequestInit): Promise<Response> {
  return exports.default.fetch(`https://herd${path}`, init);
}

describe("a page of an origin that may not", () => {
  test.each(STRANGERS)(
    "[LI8] [LI17] %j cannot open a WebSocket or send a POST, and may read that nothing of it was heard",
    async (origin) => {
      const who = freshId();
      const before = await statusOf("Alford");
      const tries = [
        await ask("/servers/Alford", { headers: { Origin: origin, Upgrade: "websocket" } }),
        await ask("/servers/Alford/log", { headers: { Origin: origin, Upgrade: "websocket" } }),
        await ask("/servers/Alford", { method: "POST", headers: { Origin: origin }, body: `IAMAT ${who} +1+1 1` }),
        await ask("/servers/Alford", { method: "DELETE", headers: { Origin: origin } }),
      ];
      for (const response of tries) {
        expect(response.status).toBe(403);
        expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
        expect(await response.json()).toMatchObject({ status: 403, title: expect.stringContaining("limits.origins") });
      }
      expect(await statusOf("Alford")).toMatchObject({ clients: before.clients, connections: before.connections });
      expect(await postTo("Alford", `WHATSAT ${who} 1 1\nHELLO`)).toBe("? HELLO\n");
    },
  );

  test("[LI8] [LI17] with an origin that no header can repeat may read it as any page may", async () => {
    const response = await ask("/servers/Alford", { method: "POST", headers: { Origin: "\u00e9" }, body: "HELLO" });
    expect([response.status, response.headers.get("Access-Control-Allow-Origin")]).toEqual([403, "*"]);
  });

  test("[LI21] is told by a preflight that it may ask, and then that it may not", async () => {
    const [origin = ""] = STRANGERS;
    const response = await preflight("/servers/Alford", origin);
    expect([response.status, response.headers.get("Access-Control-Allow-Origin")]).toEqual([204, origin]);
  });

  test.each(STRANGERS)("[LI17] %j cannot read a status either", async (origin) => {
    const response = await ask("/herd", { headers: { Origin: origin } });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
    expect(response.headers.get("Vary")).toBe("Origin");
  });
});

describe("a page of an origin that may", () => {
  test.each([OWN, LISTED, "http://localhost:5173"])(
    "[LI8] [LI17] %s is served, and may read the answers",
    async (origin) => {
      const headers = { Origin: origin };
      const { webSocket } = await ask("/servers/Alford", { headers: { ...headers, Upgrade: "websocket" } });
      if (webSocket === null) throw new Error("Expected a WebSocket");
      const client = new WebSocketClient(webSocket);
      await client.say("HELLO");
      expect(await client.hears(/\n$/)).toBe("? HELLO\n");
      client.close(1000, "enough");
      const posted = await ask("/servers/Alford", { method: "POST", headers, body: "HELLO" });
      expect(await posted.text()).toBe("? HELLO\n");
      for (const response of [posted, await ask("/herd", { headers }), await ask("/nowhere", { headers })]) {
        expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
        expect(response.headers.get("Vary")).toBe("Origin");
      }
    },
  );

  test.each([
    "http://localhost:3000",
    "https://localhost",
    "http://127.0.0.1:1",
    "http://[::1]:5173",
    "http://app.localhost",
  ])("[LI20] %s is of this machine, where the herd is asked", async (origin) => {
    const init = { method: "POST", headers: { Origin: origin }, body: "HELLO" };
    const local = await exports.default.fetch("http://localhost:8787/servers/Alford", init);
    expect([local.status, local.headers.get("Access-Control-Allow-Origin")]).toEqual([200, origin]);
    expect((await ask("/servers/Alford", init)).status).toBe(403);
  });

  test.each([
    "http://localhost.evil.example",
    "http://evillocalhost",
    "http://192.168.1.5",
    "null",
    "file://localhost",
  ])("[LI20] %s is of no page of this machine", async (origin) => {
    const init = { method: "POST", headers: { Origin: origin }, body: "HELLO" };
    expect((await exports.default.fetch("http://localhost:8787/servers/Alford", init)).status).toBe(403);
  });

  test("[LI17] [LI21] is told by a preflight what it may send", async () => {
    const response = await preflight("/servers/Alford", LISTED);
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": LISTED,
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "Authorization, Content-Type",
      vary: "Origin",
    });
  });

  test("[LI8] OPTIONS without a page is a method like any other", async () => {
    expect((await ask("/herd", { method: "OPTIONS" })).status).toBe(405);
  });
});

test.each([
  ["/herd", {}],
  ["/metrics", {}],
  ["/servers/Alford", {}],
  ["/servers/Alford", { method: "POST", body: "HELLO" }],
  ["/servers/Alford/log", {}],
  ["/servers/Nobody", {}],
  ["/servers/Alford/peer", { headers: { Upgrade: "websocket" } }],
  ["/herd", { method: "PUT" }],
  ["/nowhere", {}],
])("[LI9] %s %j: a browser runs, frames, guesses, tells and keeps nothing of it", async (path, init: RequestInit) => {
  const { headers } = await ask(path, init);
  expect(Object.fromEntries(headers)).toMatchObject({
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
});

function preflight(path: string, origin: string): Promise<Response> {
  return ask(path, { method: "OPTIONS", headers: { Origin: origin, "Access-Control-Request-Method": "POST" } });
}
