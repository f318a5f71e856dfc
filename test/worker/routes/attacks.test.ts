// Attacks by names, headers, queries and encodings: each is refused with the status that fits, and changes nothing.
//
// Those by tokens, origins, connections and rates have files of their own.

import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { configure, freshId, postTo, statusOf } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";

configure({ logLevel: "lines" });

/** What ends a line, moves a cursor or turns the text, in JSON or a terminal; LF ends each entry. */
const ACTIVE = /(?!\n)[\p{Cc}\u2028-\u202E\u2066-\u2069]/u;

const ESCAPE = "\u001B[31m\u001B]0;owned\u0007";
const FORGED = '{"at":"2026-01-01T00:00:00.000Z","server":"Alford","event":"forged"}';

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(`https://herd${path}`, init);
}

/** The log, after checking that each line of it is one entry of JSON without a character that ends a line or moves a cursor. */
async function log(): Promise<Record<string, unknown>[]> {
  const text = await (await ask("/servers/Alford/log")).text();
  expect(text).not.toMatch(ACTIVE);
  const entries = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const entry of entries) expect(entry).toMatchObject({ server: "Alford", event: expect.any(String) });
  expect(entries.map(({ event }) => event)).not.toContain("forged");
  return entries;
}

test.each([
  // What a URL makes of dots: these are other addresses, which take no lines.
  ["/servers/Alford/../../herd", 405],
  ["/servers/%2e%2e/herd", 405],
  ["/servers/..%2fherd", 404],
  ["/servers/Alford/%2e%2e/Nobody", 404],
  ["/servers/..%5C..%5Cherd", 404],
  ["/servers/Alford%2F..%2FBolden", 404],
  ["/servers/Alford%00", 404],
  ["/servers/Alford%0a", 404],
  ["/servers/Alford%20", 404],
  ["/servers/Alford;x=1", 404],
  ["/servers/Alford%3Fx", 404],
  ["/servers//Alford", 404],
  ["/servers/Alford//log", 404],
  ["/servers/ALFORD", 404],
  // Cyrillic А, fullwidth letters, a zero-width joiner, a right-to-left mark, a combining accent.
  ["/servers/\u0410lford", 404],
  ["/servers/\uFF21lford", 404],
  ["/servers/Al\u200Dford", 404],
  ["/servers/\u202EAlford", 404],
  ["/servers/A\u0301lford", 404],
  ["/servers/constructor", 404],
  ["/servers/__proto__", 404],
  [`/servers/${encodeURIComponent(ESCAPE)}`, 404],
  [`/servers/Alford%0d%0aSet-Cookie:%20a=b`, 404],
  ["/servers/Alford?unknown=reject%0d%0aX-Evil:%201", 400],
  [`/servers/Alford?unknown=${encodeURIComponent(FORGED)}`, 400],
])("[HD14] [HD16] [LI11] POST %s changes nothing", async (path, status) => {
  const who = freshId();
  const before = await statusOf("Alford");
  const response = await ask(path, { method: "POST", body: `IAMAT ${who} +1+1 1` });
  expect(response.status).toBe(status);
  expect(response.headers.get("Set-Cookie")).toBeNull();
  const text = await response.text();
  expect(text).toMatch(/^\{.*\}\n$/);
  expect(text).not.toMatch(ACTIVE);
  expect(await statusOf("Alford")).toMatchObject({
    clients: before.clients,
    lastSeq: before.lastSeq,
    incarnation: before.incarnation,
  });
  await log();
});

describe("the log", () => {
  test.each([
    ["an ANSI escape in an id", `IAMAT ${ESCAPE}WHO +1+1 1`],
    ["an entry as an id", `IAMAT ${FORGED}WHO +1+1 1`],
    ["quotes and backslashes", String.raw`IAMAT "\"}\n{WHO +1+1 1`],
    ["a CR and a forged entry", `HELLO WHO\r${FORGED}`],
    ["a NUL", "HELLO WHO\0"],
    ["U+2028, which ends a line of JavaScript", `HELLO WHO\u2028${FORGED}`],
    ["NEL and an 8-bit escape, which some terminals obey", `HELLO WHO\u0085\u009B31m`],
    ["a right-to-left override", `HELLO WHO\u202E\u2066`],
    ["lone surrogates", "HELLO WHO\uD800"],
    ["an escape in a WHATSAT", `WHATSAT ${ESCAPE}WHO 1 1`],
  ])("[LG1] [LI11] stays one line of JSON an entry, given %s", async (_what, line) => {
    const who = freshId();
    const client = await openWebSocket("/servers/Alford?unknown=reject");
    await client.say(line.replace("WHO", who));
    await client.hears(/\n$/);
    client.close(1000, `${ESCAPE}${who}-closes`);
    await client.ends();
    await postTo("Alford", "HELLO");
    const told = JSON.stringify(await log());
    expect(told).toContain(who);
  });

  test("[LI11] tells nothing of headers, queries and paths", async () => {
    const secret = "a-secret-of-the-sender";
    const headers = {
      Authorization: `Bearer ${secret}`,
      Cookie: secret,
      "User-Agent": secret,
      "CF-Connecting-IP": "192.0.2.9",
    };
    await ask(`/servers/Alford?token=${secret}`, { method: "POST", body: "HELLO", headers });
    await ask(`/servers/Alford/${secret}`, { headers });
    const told = JSON.stringify([await log(), await (await ask("/herd", { headers })).json()]);
    expect(told).not.toContain(secret);
    expect(told).not.toContain("192.0.2.9");
  });
});

test.each(["gzip", "deflate", "br", "gzip, identity", "zstd", "x"])(
  "[LI10] a POST with Content-Encoding %s is answered 415 and not unpacked",
  async (encoding) => {
    const before = await statusOf("Alford");
    // A megabyte of LF as gzip is a kilobyte.
    const zipped = new Blob([new Uint8Array(1_048_576).fill(0x0a)]).stream().pipeThrough(new CompressionStream("gzip"));
    const body = await new Response(zipped).arrayBuffer();
    const response = await ask("/servers/Alford", { method: "POST", body, headers: { "Content-Encoding": encoding } });
    expect([response.status, response.headers.get("Accept-Encoding")]).toEqual([415, "identity"]);
    expect(await statusOf("Alford")).toMatchObject({ clients: before.clients, connections: before.connections });
  },
);

test("[LI10] a POST with Content-Encoding identity is a POST", async () => {
  const response = await ask("/servers/Alford", {
    method: "POST",
    body: "HELLO",
    headers: { "Content-Encoding": "Identity" },
  });
  expect(await response.text()).toBe("? HELLO\n");
});
