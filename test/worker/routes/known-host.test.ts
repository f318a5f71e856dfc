// At which hosts a herd on somebody's own machine answers.

import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import { configure, statusOf } from "../support/herd.ts";

configure({ limits: { origins: ["*"], hosts: ["herd.lan", "[fd00::1]"] } });

const KNOWN = [
  "localhost",
  "localhost:8787",
  "app.localhost:1",
  "127.0.0.1:8787",
  "[::1]:8787",
  "herd.lan",
  "[fd00::1]",
];
const UNKNOWN = [
  "evil.example",
  "evil.example:8787",
  "localhost.evil.example",
  "evillocalhost",
  "127.0.0.1.evil.example",
  "127.0.0.2",
  "192.168.1.5:8787",
  "[::2]",
  "x.herd.lan",
];

/** Each way to the reports of a herd and to its operators. */
const REQUESTS: readonly [path: string, init: RequestInit][] = [
  ["/", {}],
  ["/herd", {}],
  ["/metrics", {}],
  ["/servers/Alford", { method: "POST", body: "IAMAT rebound +1+1 1" }],
  ["/servers/Alford", { headers: { Upgrade: "websocket" } }],
  ["/servers/Alford/log", {}],
  ["/servers/Alford/log", { headers: { Upgrade: "websocket" } }],
  ["/servers/Alford/reports", {}],
  ["/servers/Alford/drain", { method: "POST" }],
  ["/nearest", { method: "POST", body: "IAMAT rebound +1+1 1" }],
  ["/servers/Alford", { method: "OPTIONS", headers: { "Access-Control-Request-Method": "POST", Origin: "http://x" } }],
];

function ask(host: string, path: string, init: RequestInit, more: Record<string, string> = {}): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string> | undefined), ...more };
  return exports.default.fetch(`http://${host}${path}`, { ...init, headers });
}

afterEach(() => {
  env.HERD_LOCAL = "";
});

describe("a herd that npm start runs", () => {
  test.each(UNKNOWN)("[LI42] answers nothing at %s, and hears nothing", async (host) => {
    env.HERD_LOCAL = "yes";
    for (const [path, init] of REQUESTS) {
      // The page's own origin, as its browser sees it.
      const response = await ask(host, path, init, { Origin: `http://${host}` });
      expect([path, response.status, response.webSocket]).toEqual([path, 421, null]);
      expect(await response.json()).toMatchObject({ title: expect.stringContaining("limits.hosts") });
    }
    env.HERD_LOCAL = "";
    expect(await statusOf("Alford")).toMatchObject({ clients: 0, isDrained: false });
  });

  test.each(KNOWN)("[LI42] answers at %s", async (host) => {
    env.HERD_LOCAL = "yes";
    expect((await ask(host, "/servers/Alford", {})).status).toBe(200);
  });

  test.each([
    ["evil.example:8787", "localhost:8787"],
    ["localhost:8787", "evil.example:8787"],
    ["localhost:8787", "not a host"],
  ])("[LI42] at %s with the Host header %s is not answered: a page may set one of the two", async (host, header) => {
    env.HERD_LOCAL = "yes";
    expect((await ask(host, "/servers/Alford/log", {}, { Host: header })).status).toBe(421);
  });
});

test("[LI42] a deployed herd answers at whatever host it is reached", async () => {
  for (const host of ["any.example", "192.0.2.1"]) expect((await ask(host, "/servers/Alford", {})).status).toBe(200);
});
