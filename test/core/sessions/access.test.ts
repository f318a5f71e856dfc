// A server whose connections may not do everything: what it refuses changes nothing, and permissions end in time.

import { describe, expect, test } from "vitest";

import { permissionsOf, type Permissions } from "../../../src/core/access/permissions.ts";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const AUTH = { clockToleranceSeconds: 0 };

/** Of a token that ends then; the clock of the harness starts at 1000 s. */
function tokenOf(claims: Readonly<Record<string, unknown>>, exp = 100_000): Permissions | undefined {
  return permissionsOf({ exp, ...claims }, AUTH.clockToleranceSeconds);
}

const KIWI = tokenOf({ sub: "kiwi" });

describe("what a connection may not say", () => {
  test("[AC4] a report for another client is copied back, logged with its reason, and changes nothing", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const client = herd.client({ permissions: KIWI });
    const { commits, rowsWritten } = herd.store;
    const { lastSeq, clients } = herd.server.status();
    client.says(iamat("emu", 990));
    client.hearsLines(`? ${iamat("emu", 990)}`);
    expect(herd.store.read("emu")).toBeUndefined();
    expect(herd.server.status()).toMatchObject({ lastSeq, clients });
    expect([herd.store.commits, herd.store.rowsWritten]).toEqual([commits, rowsWritten]);
    expect(herd.logged("refused")).toMatchObject([
      { reason: "its token does not allow reports for this client", command: "IAMAT", client: "emu" },
    ]);
  });

  test("[AC4] a question about another client is copied back, be the client known or not, and asks nobody", () => {
    const herd = new CoreHarness({ auth: AUTH });
    herd.client({ permissions: tokenOf({ sub: "emu" }) }).says(iamat("emu", 990));
    const client = herd.client({ permissions: KIWI });
    client.says("WHATSAT emu 1 1\nWHATSAT nobody 1 1");
    client.hearsLines("? WHATSAT emu 1 1", "? WHATSAT nobody 1 1");
    herd.expectNoQuery();
    expect(herd.logged("refused").map(({ reason }) => reason)).toEqual(
      Array.from({ length: 2 }, () => "its token does not allow questions about this client"),
    );
  });

  test("[AC4] [LN5] what is allowed among it is answered in its turn", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const client = herd.client({ permissions: KIWI });
    client.says(`${iamat("emu", 990)}\n${iamat("kiwi", 990)}\n${iamat("ada", 990)}\nFOO`);
    client.hearsLines(`? ${iamat("emu", 990)}`, at("kiwi", 990), `? ${iamat("ada", 990)}`, "? FOO");
  });

  test.each(["k\u0456wi", "Kiwi", "kiwi.", "kiwi\0", "kiwi\u200b"])(
    "[AC4] a report for %j by kiwi is refused",
    (lookAlike) => {
      const herd = new CoreHarness({ auth: AUTH });
      const client = herd.client({ permissions: KIWI });
      client.says(iamat(lookAlike, 990));
      client.hearsLines(`? ${iamat(lookAlike, 990)}`);
      expect(herd.store.read(lookAlike)).toBeUndefined();
    },
  );

  test("[AC4] a connection that came without permissions may say nothing where tokens are asked for", () => {
    const herd = new CoreHarness({ auth: AUTH });
    for (const via of ["websocket", "tcp", "post"] as const) {
      const client = herd.client({ via });
      client.says(`${iamat("kiwi", 990)}\nWHATSAT kiwi 1 1`);
      client.hearsLines(`? ${iamat("kiwi", 990)}`, "? WHATSAT kiwi 1 1");
    }
    expect(herd.store.read("kiwi")).toBeUndefined();
  });

  test("[AC8] one over TCP may say everything where that is left open", () => {
    const herd = new CoreHarness({ auth: { ...AUTH, tcp: "open" } });
    const tcp = herd.client({ via: "tcp" });
    tcp.says(iamat("kiwi", 990));
    tcp.hearsLines(at("kiwi", 990));
    const websocket = herd.client();
    websocket.says(iamat("emu", 990));
    websocket.hearsLines(`? ${iamat("emu", 990)}`);
  });

  test("[AC1] without auth everybody may say everything", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says(`${iamat("kiwi", 990)}\n${iamat("emu", 990)}`);
    client.hearsLines(at("kiwi", 990), at("emu", 990));
  });

  test("[AC4] what a feed brings is nobody's permission to give", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const { feed } = herd.parker.meets();
    feed.sends([at("kiwi", 990, "Parker")], 0, 1);
    feed.hearsAck(1);
    expect(herd.store.read("kiwi")?.line).toBe(at("kiwi", 990, "Parker"));
  });
});

describe("the end of a token", () => {
  const ENDS_SOON = tokenOf({ sub: "kiwi" }, 1005);

  test("[AC6] closes the connection at that moment, with 1008 and the reason, and is logged", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const client = herd.client({ permissions: ENDS_SOON });
    herd.advance(4999);
    client.isOpen();
    herd.advance(1);
    client.isClosedWith(1008, "the token has expired");
    expect(herd.logged("disconnected")).toEqual([
      { event: "disconnected", connection: client.id, reason: "the token has expired" },
    ]);
    expect(herd.server.status().connections).toBe(0);
  });

  test("[AC6] is before a line that comes in the same turn", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const client = herd.client({ permissions: tokenOf({ sub: "kiwi" }, 1060) });
    herd.advance(60_000);
    client.says(iamat("kiwi", 990));
    client.isClosedWith(1008, "the token has expired");
    expect(herd.store.read("kiwi")).toBeUndefined();
  });

  test("[AC18] far away it keeps no server awake, and whatever wakes the server closes the connection", () => {
    const herd = new CoreHarness({ auth: AUTH });
    for (const neighbour of [herd.parker, herd.powell]) neighbour.meets();
    herd.advance(60_000);
    const idle = herd.client({ permissions: tokenOf({ sub: "kiwi" }, 1120) });
    expect(herd.server.nextTurnMillis).toBe(Infinity);
    herd.advance(60_000);
    idle.isOpen();
    herd.client({ permissions: tokenOf({ sub: "emu" }) });
    idle.isClosedWith(1008, "the token has expired");
  });

  test("[AC6] of one connection ends no other", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const ends = [1003, 1001, 1002].map((exp) => herd.client({ permissions: tokenOf({ sub: "kiwi" }, exp) }));
    const [third, first, second] = ends;
    const stays = herd.client({ permissions: KIWI });
    first?.breaks();
    herd.advance(2000);
    second?.isClosedWith(1008);
    third?.isOpen();
    herd.advance(1000);
    third?.isClosedWith(1008);
    first?.isOpen();
    stays.says("FOO");
    stays.hearsLines("? FOO");
  });

  test("[AC6] does not cut off the answers to a POST, whose lines were heard in time", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const post = herd.client({ via: "post", permissions: ENDS_SOON });
    post.says(`${iamat("kiwi", 990)}\nWHATSAT kiwi 1 1`);
    post.ends();
    herd.advance(6000);
    post.isOpen();
    herd.takeQuery().answer({ html_attributions: [], results: [], status: "ZERO_RESULTS" });
    post.isClosedWith(1000);
  });

  test("[AC17] and what it allows outlive hibernation", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const [client, closeReason] = [herd.client({ permissions: KIWI }), herd.client({ permissions: ENDS_SOON })];
    herd.restart(client, closeReason);
    client.says(`${iamat("emu", 990)}\n${iamat("kiwi", 990)}`);
    client.hearsLines(`? ${iamat("emu", 990)}`, at("kiwi", 990));
    herd.advance(5000);
    closeReason.isClosedWith(1008, "the token has expired");
    client.isOpen();
  });

  test("[AC6] [AC18] is noticed when the server wakes, before the line that woke it", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const client = herd.client({ permissions: ENDS_SOON });
    herd.nowMillis += 60_000;
    herd.restart(client);
    client.isClosedWith(1008, "the token has expired");
    client.says(iamat("kiwi", 990));
    client.hearsNothing();
    expect(herd.store.read("kiwi")).toBeUndefined();
  });

  test("[AC4] a connection of a life without auth may say nothing in one with it", () => {
    const herd = new CoreHarness({ auth: AUTH });
    const client = herd.client();
    herd.restart(client);
    client.says(iamat("kiwi", 990));
    client.hearsLines(`? ${iamat("kiwi", 990)}`);
  });
});
