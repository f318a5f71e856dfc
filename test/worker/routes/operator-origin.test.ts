// Operators' addresses and pages: a page of another origin is refused there, whatever it shows and whatever the settings allow.

import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { ADDRESSES, type Address } from "../../../src/worker/routes/addresses.ts";
import { configure, statusOf } from "../support/herd.ts";

configure({ limits: { origins: ["*"] } });

const TOKEN = "the-operators-token-of-this-test";
env.OPERATOR_TOKEN = TOKEN;

const FOREIGN = [
  "https://evil.example",
  "https://herd.evil.example",
  "http://herd",
  "https://herd:8443",
  "http://localhost:3000",
  "null",
];

/** Those that only some are let into, with a request that an operator may send. */
const OF_OPERATORS = (Object.values(ADDRESSES) as Address[])
  .filter(({ by }) => by !== undefined)
  .map(({ method, path, upgrade }) => ({
    path: path.replace(":name", "Alford"),
    method,
    headers: upgrade === "with" ? { Upgrade: "websocket" } : {},
  }));

type Sent = (typeof OF_OPERATORS)[number];

function ask({ path, method, headers }: Sent, more: Record<string, string>, herd = "https://herd"): Promise<Response> {
  return exports.default.fetch(`${herd}${path}`, { method, headers: { ...headers, ...more } });
}

test.each(OF_OPERATORS)(
  "[LI41] $method $path takes no request of a foreign page, and lets it read that",
  async (sent) => {
    const before = await statusOf("Alford");
    for (const origin of FOREIGN)
      for (const shown of [{}, { Authorization: `Bearer ${TOKEN}` }]) {
        const response = await ask(sent, { Origin: origin, ...shown });
        expect([origin, response.status]).toEqual([origin, 403]);
        expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
        expect(await response.json()).toMatchObject({ title: expect.stringContaining("for operators") });
      }
    const { epoch, isDrained, incarnation } = before;
    expect(await statusOf("Alford")).toMatchObject({ epoch, isDrained, incarnation });
  },
);

test("[LI41] a herd on somebody's own machine takes none of that machine's pages there either", async () => {
  const [sent] = OF_OPERATORS as [Sent];
  for (const origin of ["http://localhost:3000", "http://127.0.0.1:8787", "http://app.localhost:8787"])
    expect((await ask(sent, { Origin: origin }, "http://localhost:8787")).status).toBe(403);
});

describe("the herd's own page", () => {
  test("[LI41] [HD8] is an operator's with the token, and nobody's without", async () => {
    const own = { Origin: "https://herd" };
    const drain = { path: "/servers/Bolden/drain", method: "POST", headers: {} } as const;
    expect((await ask(drain, own)).status).toBe(401);
    expect((await ask(drain, { ...own, Authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    const resume = { ...drain, path: "/servers/Bolden/resume" };
    expect((await ask(resume, { ...own, Authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    const log = { path: "/servers/Alford/log", method: "GET", headers: {} } as const;
    expect((await ask(log, own)).status).toBe(200);
  });
});
