// A herd that asks nobody for a token: it says so, loudly where strangers can come, and a token in an address is
// refused there too.

import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { configure } from "../support/herd.ts";
import { ask, bearer, posting, tokenFor, upgrading } from "../support/tokens.ts";

// The one that is asked here.
configure({ limits: { hosts: ["herd"] } });

/** What `/herd` says, and Alford's log of its start. */
async function saidOpenly(): Promise<{ herd: Record<string, unknown>; entries: Record<string, unknown>[] }> {
  const herd = await (await ask("/herd")).json<Record<string, unknown>>();
  const log = new TextDecoder().decode(await (await ask("/servers/Alford/log")).arrayBuffer());
  const lines = log.trimEnd().split("\n");
  return { herd, entries: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("a herd without auth", () => {
  test("[AC10] that is deployed warns at /herd, and at the start of each server", async () => {
    const { herd, entries } = await saidOpenly();
    const warning = expect.stringMatching(/Anyone .* set auth in herd\.config\.json/);
    expect(herd).toMatchObject({ auth: "open", warning });
    expect(entries[0]).toMatchObject({ event: "started" });
    expect(entries).toContainEqual(expect.objectContaining({ event: "open to all", warning }));
  });

  test("[AC10] on somebody's own machine says so without a warning", async () => {
    env.HERD_LOCAL = "yes";
    await abortAllDurableObjects();
    const { herd, entries } = await saidOpenly();
    expect(herd).toMatchObject({ auth: "open" });
    expect(herd).not.toHaveProperty("warning");
    const entry = entries.find(({ event }) => event === "open to all");
    expect(entry).toMatchObject({ note: expect.stringContaining("nobody is asked for a token") });
    expect(entry).not.toHaveProperty("warning");
  });

  test("[AC1] [AC7] takes anybody, whatever is shown, and selects herd where that is offered", async () => {
    const token = await tokenFor("kiwi", { exp: 1 });
    expect((await ask("/servers/Alford", posting("HELLO", bearer(token)))).status).toBe(200);
    const offered = await ask(
      "/servers/Alford",
      upgrading({ "Sec-WebSocket-Protocol": `mqtt, herd, bearer.${token}` }),
    );
    expect([offered.status, offered.headers.get("Sec-WebSocket-Protocol")]).toEqual([101, "herd"]);
    const other = await ask("/servers/Alford", upgrading({ "Sec-WebSocket-Protocol": "mqtt" }));
    expect([other.status, other.headers.get("Sec-WebSocket-Protocol")]).toEqual([101, null]);
  });

  test.each(["/servers/Alford?token=x", "/servers/Alford/log?Access_Token=x", "/herd?jwt", "/nothing?a=1&bearer=x"])(
    "[AC20] refuses the token in %s, and does not repeat it",
    async (path) => {
      for (const init of [{}, upgrading({}), posting("HELLO", {})]) {
        const response = await ask(path, init);
        expect(response.status).toBe(400);
        expect(await response.json()).toEqual({
          status: 400,
          title: expect.stringContaining("A token does not belong in an address"),
          tokens: ["Authorization: Bearer <token>", "Sec-WebSocket-Protocol: herd, bearer.<token>"],
        });
      }
    },
  );
});
