// A herd that asks for tokens, and everybody who comes without the right one: each is sent away with the status that it
// deserves, nothing is changed by any, and no token or secret is ever repeated.

import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { configure, freshId, SERVERS, statusOf } from "../support/herd.ts";
import { connectTcp } from "../support/line-client.ts";
import {
  ask,
  AUDIENCE,
  base64url,
  bearer,
  claimsFor,
  ISSUER,
  leaksOf,
  nowSeconds,
  posting,
  remembered,
  sayOn,
  SECRET,
  tokenFor,
  upgrading,
} from "../support/tokens.ts";
import { storedReports } from "../support/stored-reports.ts";

const OPERATOR_TOKEN = "the-operators-token-of-the-herd-under-test";
const PEER_TOKEN = "the-peers-token-of-the-herd-under-test";
const PREVIOUS = "the-previous-secret-of-the-herd-under-test-still-counts";

configure({ auth: { issuer: ISSUER, audience: AUDIENCE, clockToleranceSeconds: 0 }, logLevel: "lines" });
env.AUTH_SECRET = SECRET;
env.AUTH_SECRET_PREVIOUS = PREVIOUS;
env.OPERATOR_TOKEN = OPERATOR_TOKEN;
env.PEER_TOKEN = PEER_TOKEN;

/** Every report that Alford has stored, and how many of whom. */
async function standing(): Promise<unknown> {
  const reports = await storedReports("Alford");
  const { clients, lastSeq } = await statusOf("Alford");
  return { reports, clients, lastSeq };
}

type Shown = () => Promise<Record<string, string>> | Record<string, string>;

interface Attack {
  readonly name: string;
  readonly headers: Shown;
  readonly query?: string;
  readonly status: number;
  readonly says: RegExp;
}

const [HEADER_NONE, KIWI] = [base64url({ alg: "none" }), () => base64url(claimsFor("kiwi"))];

/** The token with one of its parts changed. */
async function altered(
  change: (parts: [string, string, string]) => readonly string[],
): Promise<Record<string, string>> {
  const [header = "", payload = "", signature = ""] = (await tokenFor("kiwi")).split(".");
  return bearer(remembered(change([header, payload, signature]).join(".")));
}

function swapFirst(text: string): string {
  return `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}`;
}

const ATTACKS: readonly Attack[] = [
  { name: "no token", headers: () => ({}), status: 401, says: /asks for a token/ },
  { name: "Bearer and nothing", headers: () => ({ Authorization: "Bearer " }), status: 401, says: /asks for a token/ },
  { name: "a password", headers: () => ({ Authorization: "Basic a2l3aTprd" }), status: 401, says: /asks for a token/ },
  {
    name: "permissions in a header of our own",
    headers: () => ({ "Herd-Permissions": encodeURIComponent(JSON.stringify({ asks: { prefixes: [""] } })) }),
    status: 401,
    says: /asks for a token/,
  },
  {
    name: "an expired token",
    headers: async () => bearer(await tokenFor("kiwi", { exp: nowSeconds() - 60 })),
    status: 401,
    says: /has expired/,
  },
  {
    name: "one that is not valid yet",
    headers: async () => bearer(await tokenFor("kiwi", { nbf: nowSeconds() + 600 })),
    status: 401,
    says: /not valid yet/,
  },
  {
    name: "one that never ends",
    headers: async () => bearer(await tokenFor("kiwi", { exp: undefined })),
    status: 401,
    says: /lacks exp/,
  },
  {
    name: "alg: none",
    headers: () => bearer(remembered(`${HEADER_NONE}.${KIWI()}.`)),
    status: 401,
    says: /algorithm/,
  },
  {
    name: "alg: nOnE with a signature",
    headers: () => altered(([, payload, signature]) => [base64url({ alg: "nOnE" }), payload, signature]),
    status: 401,
    says: /algorithm/,
  },
  {
    name: "no alg",
    headers: () => altered(([, payload, signature]) => [base64url({ typ: "JWT" }), payload, signature]),
    status: 401,
    says: /malformed/,
  },
  {
    name: "an algorithm that is not on the list, with the right secret",
    headers: async () => bearer(await tokenFor("kiwi", {}, { header: { alg: "HS384" } })),
    status: 401,
    says: /algorithm/,
  },
  {
    name: "a key of its own in the header",
    headers: () =>
      altered(([, payload, signature]) => [
        base64url({ alg: "ES256", jwk: { kty: "EC", crv: "P-256", x: "AA", y: "AA" } }),
        payload,
        signature,
      ]),
    status: 401,
    says: /algorithm/,
  },
  {
    name: "an extension that has to be understood",
    headers: () =>
      altered(([, payload, signature]) => [base64url({ alg: "HS256", crit: ["x"], x: 1 }), payload, signature]),
    status: 401,
    says: /malformed/,
  },
  {
    name: "another audience",
    headers: async () => bearer(await tokenFor("kiwi", { aud: "another-herd" })),
    status: 401,
    says: /audience/,
  },
  {
    name: "no audience",
    headers: async () => bearer(await tokenFor("kiwi", { aud: undefined })),
    status: 401,
    says: /audience/,
  },
  {
    name: "another issuer",
    headers: async () => bearer(await tokenFor("kiwi", { iss: "https://issuer.test.evil" })),
    status: 401,
    says: /issuer/,
  },
  {
    name: "no issuer",
    headers: async () => bearer(await tokenFor("kiwi", { iss: undefined })),
    status: 401,
    says: /issuer/,
  },
  {
    name: "another payload",
    headers: () => altered(([header, , signature]) => [header, base64url(claimsFor("emu")), signature]),
    status: 401,
    says: /signature/,
  },
  {
    name: "another signature",
    headers: () => altered(([header, payload, signature]) => [header, payload, swapFirst(signature)]),
    status: 401,
    says: /signature/,
  },
  {
    name: "half a signature",
    headers: () => altered(([header, payload, signature]) => [header, payload, signature.slice(0, 20)]),
    status: 401,
    says: /signature|malformed/,
  },
  {
    name: "an empty signature",
    headers: () => altered(([header, payload]) => [header, payload, ""]),
    status: 401,
    says: /signature|malformed/,
  },
  {
    name: "no signature",
    headers: () => altered(([header, payload]) => [header, payload]),
    status: 401,
    says: /malformed/,
  },
  {
    name: "half a payload",
    headers: () => altered(([header, payload, signature]) => [header, payload.slice(0, 10), signature]),
    status: 401,
    says: /signature|malformed/,
  },
  {
    name: "another secret",
    headers: async () => bearer(await tokenFor("kiwi", {}, { secret: `${SECRET}!` })),
    status: 401,
    says: /signature/,
  },
  {
    name: "another secret, and a kid that is a path",
    headers: async () => {
      const header = { kid: "../../../dev/null" };
      return bearer(await tokenFor("kiwi", {}, { secret: "0".repeat(32), header }));
    },
    status: 401,
    says: /signature/,
  },
  { name: "rubbish", headers: () => bearer("rubbish"), status: 401, says: /malformed/ },
  { name: "the peers' token", headers: () => bearer(PEER_TOKEN), status: 401, says: /malformed/ },
  { name: "the operators' token", headers: () => bearer(OPERATOR_TOKEN), status: 401, says: /malformed/ },
  {
    name: "a token that is too long",
    headers: async () => bearer(await tokenFor("kiwi", { herd: { asks: Array(30).fill("a".repeat(200)) } })),
    status: 401,
    says: /too long/,
  },
  {
    name: "rights of another shape",
    headers: async () => bearer(await tokenFor("kiwi", { herd: { asks: "*" } })),
    status: 401,
    says: /claims/,
  },
  {
    name: "a token of nobody",
    headers: async () => bearer(await tokenFor("kiwi", { sub: undefined })),
    status: 403,
    says: /neither reports nor questions/,
  },
  {
    name: "a good token in the query",
    headers: () => ({}),
    query: "?access_token=good",
    status: 400,
    says: /address/,
  },
  {
    name: "a good token in the header and one in the query",
    headers: async () => bearer(await tokenFor("kiwi")),
    query: "?unknown=reject&TOKEN=good",
    status: 400,
    says: /address/,
  },
  {
    name: "a good token as a subprotocol without herd",
    headers: async () => ({ "Sec-WebSocket-Protocol": `bearer.${await tokenFor("kiwi")}` }),
    status: 400,
    says: /beside herd/,
  },
  {
    name: "two good tokens as subprotocols",
    headers: async () => {
      const [one, two] = [await tokenFor("kiwi"), await tokenFor("emu")];
      return { "Sec-WebSocket-Protocol": `herd, bearer.${one}, bearer.${two}` };
    },
    status: 400,
    says: /one token/,
  },
  {
    name: "a good token in the header and one as a subprotocol",
    headers: async () => {
      const [one, two] = [await tokenFor("kiwi"), await tokenFor("emu")];
      return { ...bearer(one), "Sec-WebSocket-Protocol": `herd, bearer.${two}` };
    },
    status: 400,
    says: /one token/,
  },
  {
    name: "an expired token as a subprotocol",
    headers: async () => ({
      "Sec-WebSocket-Protocol": `herd, bearer.${await tokenFor("kiwi", { exp: nowSeconds() - 60 })}`,
    }),
    status: 401,
    says: /has expired/,
  },
];

const ERRORS: Readonly<Record<number, string>> = {
  400: "invalid_request",
  401: "invalid_token",
  403: "insufficient_scope",
};

type Row = readonly [shown: string, headers: Shown, status: number];

const FEEDERS: readonly Row[] = [
  ["no token", () => ({}), 401],
  ["a wrong one", () => bearer(`${PEER_TOKEN}!`), 401],
  ["that of another herd", () => bearer("the-peers-token-of-another-herd"), 401],
  ["a client's", async () => bearer(await tokenFor("Parker")), 401],
  ["an operator's own", async () => bearer(await tokenFor("kate", { herd: { operator: true } })), 401],
  ["the operators' secret", () => bearer(OPERATOR_TOKEN), 401],
  ["the peers' as a subprotocol", () => ({ "Sec-WebSocket-Protocol": `herd, bearer.${PEER_TOKEN}` }), 401],
];

const READERS: readonly Row[] = [
  ["no token", () => ({}), 401],
  ["a device's token", async () => bearer(await tokenFor("kiwi", { herd: { asks: ["*"], reports: ["*"] } })), 403],
  ["the peers' token", () => bearer(PEER_TOKEN), 401],
  ["an operator's expired token", async () => bearer(await operatorToken(-60)), 401],
  ["an operator's token", async () => bearer(await operatorToken(60)), 200],
  ["the operators' secret", () => bearer(OPERATOR_TOKEN), 200],
];

describe("whoever comes to a server with", () => {
  test.each(ATTACKS)("[AC11] [AC12] [AC5] [AC20] $name is answered $status, and nothing changes", async (attack) => {
    const { headers, query = "", status, says } = attack;
    const before = await standing();
    const shown = await headers();
    for (const init of [upgrading(shown), posting("IAMAT kiwi +9+9 1700000000\n", shown)]) {
      const response = await ask(`/servers/Alford${query}`, init);
      expect([response.status, response.webSocket]).toEqual([status, null]);
      const { title } = await response.json<{ title: string }>();
      expect(title).toMatch(says);
      const challenge = response.headers.get("WWW-Authenticate");
      const isNothingShown = title.includes("asks for a token");
      expect(challenge).toBe(
        isNothingShown
          ? 'Bearer realm="herd"'
          : `Bearer realm="herd", error="${ERRORS[status]}", error_description="${title}"`,
      );
    }
    expect(await standing()).toEqual(before);
  });

  test.each(FEEDERS)("[HD27] [AC7] %s feeds no server", async (_, headers, status) => {
    const before = await standing();
    const path = "/servers/Alford/peer?version=1&name=Parker&epoch=e&run=r";
    expect((await ask(path, upgrading(await headers()))).status).toBe(status);
    expect(await standing()).toEqual(before);
  });
});

describe("a device with a token of its own", () => {
  test.each(["header", "subprotocol"])("[AC3] [AC7] shown as %s reports and asks for itself", async (where) => {
    const id = freshId();
    const token = await tokenFor(id);
    const headers = where === "header" ? bearer(token) : { "Sec-WebSocket-Protocol": `herd, bearer.${token}` };
    const upgraded = await ask("/servers/Alford", upgrading(headers));
    expect(upgraded.status).toBe(101);
    expect(upgraded.headers.get("Sec-WebSocket-Protocol")).toBe(where === "header" ? null : "herd");
    expect(await sayOn(upgraded, `IAMAT ${id} +1+1 1`)).toMatch(new RegExp(`^AT Alford \\S+ ${id} \\+1\\+1 1\n$`));
    const posted = await ask("/servers/Alford", posting(`IAMAT ${id} +2+2 2`, headers));
    expect(await posted.text()).toMatch(new RegExp(`^AT Alford \\S+ ${id} \\+2\\+2 2\n$`));
  });

  test("[AC4] reports for nobody else, asks about nobody else, and speaks as no server", async () => {
    const [id, other] = [freshId(), freshId()];
    await ask("/servers/Alford", posting(`IAMAT ${other} +1+1 1`, bearer(await tokenFor(other))));
    const headers = bearer(await tokenFor(id));
    const before = await standing();
    const lines = [
      `IAMAT ${other} +9+9 9`,
      `WHATSAT ${other} 10 1`,
      `AT Parker +0.000000000 ${other} +9+9 9`,
      `AT Parker +0.000000000 ${id} +9+9 9`,
    ];
    const refused = lines.map((line) => `? ${line}\n`).join("");
    expect(await (await ask("/servers/Alford", posting(lines.join("\n"), headers))).text()).toBe(refused);
    const forged = { ...headers, "Herd-Permissions": encodeURIComponent('{"reports":{"names":[],"prefixes":[""]}}') };
    expect(await sayOn(await ask("/servers/Alford", upgrading(forged)), lines.join("\n"))).toBe(refused);
    expect(await standing()).toEqual(before);
  });

  test.each([
    ["a Cyrillic letter", (id: string) => id.replace("i", "\u0456")],
    ["capitals", (id: string) => id.toUpperCase()],
    ["a trailing dot", (id: string) => `${id}.`],
    ["a NUL", (id: string) => `${id}\0`],
    ["a NUL and more", (id: string) => `${id}\0more`],
    ["a zero-width space", (id: string) => `${id}\u200b`],
    ["a byte order mark", (id: string) => `\ufeff${id}`],
    ["a no-break space", (id: string) => `${id}\u00a0`],
  ])("[AC3] [AC4] is not the device of almost that name, with %s", async (_, alike) => {
    const id = freshId();
    const [own, other] = [bearer(await tokenFor(id)), bearer(await tokenFor(alike(id)))];
    const kept = await (await ask("/servers/Alford", posting(`IAMAT ${id} +1+1 1`, own))).text();
    const before = await standing();
    for (const [headers, name] of [
      [own, alike(id)],
      [other, id],
    ] as const) {
      const line = `IAMAT ${name} +9+9 9`;
      expect(await (await ask("/servers/Alford", posting(line, headers))).text()).toBe(`? ${line}\n`);
    }
    expect(await standing()).toEqual(before);
    // Its own report is its own row.
    await ask("/servers/Alford", posting(`IAMAT ${alike(id)} +9+9 9`, other));
    expect(await (await ask("/servers/Alford", posting(`IAMAT ${id} +1+1 1`, own))).text()).toBe(kept);
  });

  test("[AC14] whose token lists others asks about those", async () => {
    const [id, other] = [freshId(), freshId()];
    await ask("/servers/Alford", posting(`IAMAT ${other} +1+1 1`, bearer(await tokenFor(other))));
    const headers = bearer(await tokenFor(id, { herd: { asks: ["client-*"] } }));
    const answer = await (await ask("/servers/Alford", posting(`WHATSAT ${other} 1 1`, headers))).text();
    expect(answer).toMatch(new RegExp(`^AT Alford \\S+ ${other} `));
  });

  test("[AC2] signed with the secret before is still believed, and no longer when that is gone", async () => {
    const headers = bearer(await tokenFor(freshId(), {}, { secret: PREVIOUS }));
    expect((await ask("/servers/Alford", posting("HELLO", headers))).status).toBe(200);
    env.AUTH_SECRET_PREVIOUS = "";
    expect((await ask("/servers/Alford", posting("HELLO", headers))).status).toBe(401);
    env.AUTH_SECRET_PREVIOUS = PREVIOUS;
  });

  test.each(["", "too short"])(
    "[AC13] [AC22] is not let in while the herd's secret is %j; it is told that much, and the log all of it",
    async (secret) => {
      const headers = bearer(await tokenFor(freshId()));
      env.AUTH_SECRET = secret;
      const response = await ask("/servers/Alford", posting("HELLO", headers));
      env.AUTH_SECRET = SECRET;
      expect(response.status).toBe(503);
      const { title } = await response.json<{ title: string }>();
      expect(title).toMatch(/^The herd cannot check tokens: it lacks the secret/);
      expect(title).not.toMatch(/AUTH_SECRET|bytes/);
      const log = await (await ask("/servers/Alford/log", { headers: bearer(await operatorToken(60)) })).text();
      expect(log).toMatch(
        /"event":"connection refused","via":"post","reason":"Cannot check tokens: the secret AUTH_SECRET must/,
      );
      expect(leaksOf([]).said).toContain("AUTH_SECRET must have 32 bytes or more");
    },
  );
});

describe("the log of a server", () => {
  test.each(READERS)("[AC16] shown %s is answered as it deserves", async (_, headers, status) => {
    const shown = await headers();
    expect((await ask("/servers/Alford/log", { headers: shown })).status).toBe(status);
    expect((await ask("/servers/Alford/log", upgrading(shown))).status).toBe(status === 200 ? 101 : status);
  });

  test("[AC16] [AC7] is followed from a browser with an operator's token as the subprotocol", async () => {
    const headers = { "Sec-WebSocket-Protocol": `herd, bearer.${await operatorToken(60)}` };
    const response = await ask("/servers/Alford/log", upgrading(headers));
    expect([response.status, response.headers.get("Sec-WebSocket-Protocol")]).toEqual([101, "herd"]);
  });
});

describe("a herd that asks for tokens", () => {
  test("[AC22] says in the log of a server that starts that it cannot check them", async () => {
    env.AUTH_SECRET = "";
    await abortAllDurableObjects();
    await ask("/servers/Powell");
    env.AUTH_SECRET = SECRET;
    const log = await (await ask("/servers/Powell/log", { headers: bearer(await operatorToken(60)) })).text();
    expect(log).toMatch(
      /"event":"cannot check tokens","reason":"[^"]*AUTH_SECRET must have 32 bytes or more: it has 0"/,
    );
  });

  test("[AC10] says so at /herd, and warns of nothing", async () => {
    expect(await (await ask("/herd")).json()).toMatchObject({ auth: "tokens" });
    expect(await (await ask("/herd")).json()).not.toHaveProperty("warning");
    expect(leaksOf([]).said).not.toContain("open to all");
  });

  test("[AC8] tells a TCP connection why it closes it, and hears nothing of it", async () => {
    const before = await standing();
    const client = connectTcp("Alford");
    await client.say("IAMAT kiwi +9+9 9\n").catch(() => undefined);
    const { heard, closeReason } = await client.ends();
    expect(heard).toMatch(/^\? This herd asks for a token, which TCP lines cannot show: .*\n$/);
    expect(closeReason).toBe("end of stream");
    expect(await standing()).toEqual(before);
  });

  test("[AC21] has said no token and no secret to anybody, in no log, status, metric or answer", async () => {
    const headers = bearer(OPERATOR_TOKEN);
    for (const path of [
      "/herd",
      "/metrics",
      ...SERVERS.flatMap((name) => [`/servers/${name}`, `/servers/${name}/log`]),
    ])
      expect((await ask(path, { headers })).status).toBe(200);
    const { said, leaked } = leaksOf([SECRET, PREVIOUS, OPERATOR_TOKEN, PEER_TOKEN]);
    expect(leaked).toEqual([]);
    // What is searched is all there: the log's lines, and the answers.
    expect(said).toContain('"reason":"its token does not allow reports for this client"');
    expect(said).toContain('"event":"input"');
    expect(said).toContain("error_description");
  });
});

function operatorToken(seconds: number): Promise<string> {
  return tokenFor("kate", { exp: nowSeconds() + seconds, herd: { operator: true } });
}

describe("the operators' own token", () => {
  const LOG = "/servers/Alford/log";

  test("[AC7] [AC16] is shown as any token is: a page that follows a log offers it as a subprotocol", async () => {
    const response = await ask(LOG, upgrading({ "Sec-WebSocket-Protocol": `herd, bearer.${OPERATOR_TOKEN}` }));
    expect([response.status, response.headers.get("Sec-WebSocket-Protocol")]).toEqual([101, "herd"]);
    response.webSocket?.accept();
    response.webSocket?.close(1000, "seen");
  });

  test.each([
    ["a wrong one", (name: string) => `herd, ${name}x`],
    ["one without herd beside it", (name: string) => name],
    ["two", (name: string) => `herd, ${name}, ${name}`],
    ["none", () => "herd"],
  ])("[AC7] [AC16] lets nobody follow a log as %s", async (_what, offer) => {
    const headers = { Upgrade: "websocket", "Sec-WebSocket-Protocol": offer(`bearer.${OPERATOR_TOKEN}`) };
    const response = await ask(LOG, { headers });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.webSocket).toBeNull();
    expect(await response.text()).not.toContain(OPERATOR_TOKEN);
  });
});
