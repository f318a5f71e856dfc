// What only an operator may do, and what it does.

import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { configure, eventually, freshId, postTo, settled, statusOf } from "../support/herd.ts";

configure({ peers: { retrySecondsMin: 0.05 } });

const TOKEN = "the-operators-token-of-this-test";

/** By default as the operator. */
function post(
  path: string,
  { host = "herd", token = TOKEN }: { host?: string; token?: string } = {},
): Promise<Response> {
  const headers = token === "none" ? {} : { Authorization: `Bearer ${token}` };
  return exports.default.fetch(`https://${host}${path}`, { method: "POST", headers });
}

beforeEach(() => {
  env.OPERATOR_TOKEN = TOKEN;
});

describe("an operator", () => {
  test.each([
    ["from elsewhere, where there is no token", "", "herd.example", "none", 401],
    ["from elsewhere with an empty token", "", "herd.example", "", 401],
    ["from this machine, where there is none", "", "localhost", "none", 401],
    ["without the token", TOKEN, "localhost", "none", 401],
    ["with another token", TOKEN, "herd.example", "guessed", 401],
    ["with the token", TOKEN, "herd.example", TOKEN, 200],
  ])("[HD8] %s: a new epoch", async (_who, secret, host, token, status) => {
    env.OPERATOR_TOKEN = secret;
    const before = (await statusOf("Powell")).epoch;
    const response = await post("/servers/Powell/epoch", { host, token });
    expect(response.status).toBe(status);
    expect((await statusOf("Powell")).epoch !== before).toBe(status === 200);
    const text = await response.text();
    expect(text).not.toContain(TOKEN);
    if (status === 401) expect(text).toContain("OPERATOR_TOKEN");
  });

  test("[HD14] [HD15] [HD16] learns which methods and times there are", async () => {
    expect((await exports.default.fetch("https://localhost/servers/Alford/epoch")).status).toBe(405);
    expect((await post("/servers/Alford/restart")).status).toBe(404);
    expect((await post("/servers/Nobody/epoch")).status).toBe(404);
    for (const at of ["", "yesterday", "2026-11-22", "2999-01-01T00:00:00Z"])
      expect((await post(`/servers/Alford/restore?at=${at}`)).status).toBe(400);
  });

  test("[HD22] is told where storage cannot be brought back, and what to do", async () => {
    const { incarnation } = await statusOf("Alford");
    const response = await post("/servers/Alford/restore?at=2026-01-01T00:00:00Z");
    expect(response.status).toBe(501);
    expect(await response.text()).toContain("new-epoch");
    expect((await statusOf("Alford")).incarnation).toBe(incarnation);
  });
});

test("[HD21] [CU8] [CU22] after a new epoch every neighbour takes everything again, and the herd agrees", async () => {
  const clients = Array.from({ length: 20 }, freshId);
  await postTo("Hamilton", clients.map((client) => `IAMAT ${client} +1+1 1`).join("\n"));
  await settled();
  const { epoch } = await (await post("/servers/Hamilton/epoch")).json<{ epoch: string }>();
  expect((await statusOf("Hamilton")).epoch).toBe(epoch);
  const parker = await eventually(
    () => statusOf("Hamilton"),
    ({ neighbours: [feed] }) => feed?.isCaughtUp === true && feed.link === "open",
  );
  expect(parker.neighbours[0]?.reportsSent).toBeGreaterThanOrEqual(40);
  const id = freshId();
  const line = await postTo("Hamilton", `IAMAT ${id} +1+1 1`);
  await eventually(
    () => postTo("Alford", `WHATSAT ${id} 1 1`),
    (answer) => answer.startsWith(line),
  );
});
