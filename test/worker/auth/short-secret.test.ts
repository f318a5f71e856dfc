// Secrets that are too short to count: they open nothing, and whoever runs the herd is told.

import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { statusOf } from "../support/herd.ts";
import { ask, bearer, posting, upgrading } from "../support/tokens.ts";

const MAKER = "`openssl rand -base64 48` makes one";

const SHORT = ["x", "changeme", "the-operators-token-of-thi-test", "ä".repeat(15), "x".repeat(31)];
/** 32 bytes each. */
const LONG = ["x".repeat(32), "ä".repeat(16), "8f0c1d2e3b4a59687f0c1d2e3b4a5968"];

const FEED = "/servers/Alford/peer?version=1&name=Parker&epoch=e&run=r";

beforeEach(() => {
  env.OPERATOR_TOKEN = "";
  env.PEER_TOKEN = "";
});

describe("a deployed herd", () => {
  test.each(SHORT)("[HD51] lets nobody operate it with %s, and says how to make another one", async (secret) => {
    env.OPERATOR_TOKEN = secret;
    const { epoch } = await statusOf("Alford");
    for (const headers of [bearer(secret), {}]) {
      const response = await ask("/servers/Alford/epoch", posting("", headers));
      expect(response.status).toBe(503);
      const { title } = await response.json<{ title: string }>();
      expect(title).toContain("the secret OPERATOR_TOKEN must have 32 bytes or more");
      expect(title).toContain(MAKER);
      if (secret.length > 1) expect(title).not.toContain(secret);
    }
    expect((await statusOf("Alford")).epoch).toBe(epoch);
  });

  test.each(SHORT)("[HD51] takes no feed with %s, and says how to make another one", async (secret) => {
    env.PEER_TOKEN = secret;
    for (const headers of [bearer(secret), {}]) {
      const response = await ask(FEED, upgrading(headers));
      expect([response.status, response.webSocket]).toEqual([503, null]);
      const { title } = await response.json<{ title: string }>();
      expect(title).toContain("the secret PEER_TOKEN must have 32 bytes or more");
      expect(title).toContain(MAKER);
    }
  });

  test.each(LONG)("[HD51] takes 32 bytes: %s", async (secret) => {
    env.OPERATOR_TOKEN = secret;
    env.PEER_TOKEN = secret;
    expect((await ask("/servers/Alford/epoch", posting("", bearer(secret)))).status).toBe(200);
    expect((await ask(FEED, upgrading(bearer(secret)))).status).toBe(101);
    expect((await ask("/servers/Alford/epoch", posting("", bearer("guessed")))).status).toBe(401);
  });

  test("[HD51] says so in each server's log at its start, and does not say the secret", async () => {
    env.OPERATOR_TOKEN = "changeme";
    env.PEER_TOKEN = "changeme-too";
    await abortAllDurableObjects();
    const log = await (await ask("/servers/Powell/log")).text();
    for (const [name, bytes] of [
      ["OPERATOR_TOKEN", 8],
      ["PEER_TOKEN", 12],
    ])
      expect(log).toContain(
        `"event":"cannot check tokens","reason":"the secret ${name} must have 32 bytes or more: it has ${bytes}. ${MAKER}"`,
      );
    expect(log).not.toContain("changeme");
  });
});
