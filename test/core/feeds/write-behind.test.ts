// What a neighbour sends is passed on before it is durable here, and becomes durable with what comes after it.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat, type HarnessSettings } from "../../support/core-harness.ts";

const QUIET_MILLIS = 2000;
const HOLD_MILLIS = 10_000;

/** A server that both neighbours are linked with, which know GOT; nothing was said yet. */
function herdHolding(settings: HarnessSettings = {}) {
  const herd = new CoreHarness({ ...settings });
  const feed = herd.parker.dials({ features: ["got"] });
  feed.hearsSync(0);
  const back = herd.parker.answersDial();
  const { link: powell } = herd.powell.meets();
  return { herd, feed, back, powell };
}

describe("a small frame of a neighbour", () => {
  test("[CU6] is passed on at once and answered GOT; its ACK comes when it is durable, after a quiet time", () => {
    const { herd, feed, powell } = herdHolding();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    feed.hears("GOT 1\n");
    powell.hearsFrame([at("ada", 990, "Parker")], 0, 1);
    expect(herd.store.read("ada")).toBeUndefined();
    herd.advance(QUIET_MILLIS - 1);
    feed.hearsNothing();
    herd.advance(1);
    feed.hearsAck(1);
    expect(herd.store.read("ada")?.line).toBe(at("ada", 990, "Parker"));
    expect(herd.store.readNeighbours().get("Parker")?.cursor).toBe(1);
  });

  test("[CU24] waits no longer than writeBehindSeconds, however much comes: of one client one row, and one ACK for all frames", () => {
    const { herd, feed, powell } = herdHolding();
    const before = herd.store.rowsWritten;
    for (let second = 0; second < 10; second++) {
      feed.sends([at("ada", 980 + second, "Parker")], second, second + 1);
      feed.hears(`GOT ${second + 1}\n`);
      powell.takesFrame([at("ada", 980 + second, "Parker")], second, second + 1);
      herd.advance(1000);
    }
    feed.hearsAck(10);
    expect(herd.store.read("ada")?.line).toBe(at("ada", 989, "Parker"));
    // The commit, of the report, the cursor and the first block of numbers, and the alarm.
    expect(herd.store.rowsWritten - before).toBe(2);
  });

  test("[CU6] is durable at once for a neighbour that does not know GOT", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    feed.hearsAck(1);
    expect(herd.store.read("ada")?.line).toBe(at("ada", 990, "Parker"));
  });

  test("[CU6] does not keep the sender from sending more", () => {
    const herd = new CoreHarness({ peers: { framesUnacknowledged: 2, frameMillis: 0 } });
    const { link } = herd.parker.meets();
    const client = herd.client();
    for (let move = 1; move <= 5; move++) {
      client.says(iamat("ada", 980 + move));
      link.hearsFrame([at("ada", 980 + move)], move - 1, move);
      link.says(`GOT ${move}\n`);
    }
    client.says(iamat("ada", 986));
    client.says(iamat("ada", 987));
    client.says(iamat("ada", 988));
    link.hears(...[6, 7].map((move) => `${at("ada", 980 + move)}\nSEQ ${link.hello.epoch} ${move - 1} ${move}\n`));
    expect(herd.statusOf(herd.parker)).toMatchObject({ acknowledged: 0, framesUnacknowledged: 7 });
    link.acks(5);
    expect(herd.statusOf(herd.parker)).toMatchObject({ acknowledged: 5, framesUnacknowledged: 2 });
    link.acks(6);
    link.hearsFrame([at("ada", 988)], 7, 8);
  });

  test.each([
    ["a GOT of a frame that was not sent", "GOT 9\n"],
    ["a second GOT of the same frame", "GOT 1\n"],
    ["an ACK of a frame never got", "ACK 2\n"],
  ])("[CU17] %s ends the link", (_what, message) => {
    const herd = new CoreHarness({ peers: { frameMillis: 0 } });
    const { link } = herd.parker.meets();
    herd.client().says(iamat("ada", 990));
    herd.client().says(iamat("bob", 990));
    link.hears(`${at("ada", 990)}\nSEQ ${link.hello.epoch} 0 1\n`, `${at("bob", 990)}\nSEQ ${link.hello.epoch} 1 2\n`);
    link.says("GOT 1\n");
    link.says(message);
    link.isClosedWith(1002);
  });

  test("[CU17] got and never durable: the link ends after both times", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    herd.client().says(iamat("ada", 990));
    link.hearsFrame([at("ada", 990)], 0, 1);
    link.says("GOT 1\n");
    herd.advance(2 * HOLD_MILLIS - 1);
    link.isOpen();
    herd.advance(1);
    link.isClosedWith(1011);
  });
});

describe("what is held back", () => {
  test("[CU6] [RP6] is what the guard compares with: the same again goes nowhere, a later one supersedes it", () => {
    const { herd, feed, powell } = herdHolding({ peers: { frameMillis: 0 } });
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    powell.hearsFrame([at("ada", 990, "Parker")], 0, 1);
    feed.sends([at("ada", 990, "Parker"), at("ada", 989, "Parker")], 1, 3);
    powell.hearsNothing();
    feed.sends([at("ada", 991, "Parker")], 3, 4);
    powell.hearsFrame([at("ada", 991, "Parker")], 1, 2);
    herd.advance(QUIET_MILLIS);
    expect(herd.store.read("ada")?.line).toBe(at("ada", 991, "Parker"));
  });

  test("[CU25] [RP7] is durable before a client is shown it", () => {
    const { herd, feed } = herdHolding();
    feed.sends([at("ada", 990, "Parker"), at("bob", 990, "Parker")], 0, 2);
    herd.client().says("WHATSAT ada 1 1");
    expect(herd.store.read("ada")?.line).toBe(at("ada", 990, "Parker"));
    const stale = herd.client();
    stale.says(iamat("bob", 989));
    stale.hears(`${at("bob", 990, "Parker")}\n`);
    expect(herd.store.read("bob")?.line).toBe(at("bob", 990, "Parker"));
  });

  test("[CU25] is superseded by a client's own report, which is durable before it is answered", () => {
    const { herd, feed } = herdHolding();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    const client = herd.client();
    herd.inOneTurn(() => {
      client.says(iamat("ada", 991));
      feed.sends([at("ada", 992, "Parker")], 1, 2);
    });
    client.hears(`${at("ada", 991)}\n`);
    expect(herd.store.read("ada")?.line).toBe(at("ada", 992, "Parker"));
  });

  test("[CU24] is not durable with a client's report, nor is the cursor", () => {
    const { herd, feed } = herdHolding();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    feed.hears("GOT 1\n");
    herd.client().says(iamat("bob", 990));
    expect(herd.store.read("bob")?.line).toBe(at("bob", 990));
    expect(herd.store.read("ada")).toBeUndefined();
    expect(herd.store.readNeighbours().get("Parker")?.cursor).toBe(0);
    feed.hearsNothing();
  });

  test("[CU26] is lost in a crash, and asked for again: the cursor is that of the last commit", () => {
    const { herd, feed } = herdHolding();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    herd.restart();
    herd.parker.dials({ features: ["got"] }).hearsSync(0);
  });

  test("[CU1] uses no number that another life will use", () => {
    const { herd, feed, powell } = herdHolding({ peers: { seqBlock: 2 } });
    feed.sends(
      ["a", "b", "c", "d", "e"].map((client) => at(client, 990, "Parker")),
      0,
      5,
    );
    powell.hearsFrame(
      ["a", "b", "c", "d", "e"].map((client) => at(client, 990, "Parker")),
      0,
      5,
    );
    herd.restart();
    herd.client().says(iamat("ada", 990));
    expect(herd.server.status().lastSeq).toBeGreaterThan(5);
  });

  test("[CU18] is in no table yet: a scan waits until it is", () => {
    const { herd, feed } = herdHolding({ peers: { recentReports: 1 } });
    feed.sends(
      ["a", "b", "c"].map((client) => at(client, 990, "Parker")),
      0,
      3,
    );
    feed.hears("GOT 3\n");
    herd.powell.incarnation = "another";
    herd.powell.dials({ epoch: "another" });
    const link = herd.powell.answersDial();
    herd.advance(0);
    link.hearsFrame(
      ["a", "b", "c"].map((client) => at(client, 990, "Parker")),
      0,
      3,
    );
  });

  test("[CU24] stays within writeBehindReports", () => {
    const { herd, feed } = herdHolding({ peers: { writeBehindReports: 2 } });
    feed.sends(
      ["a", "b"].map((client) => at(client, 990, "Parker")),
      0,
      2,
    );
    feed.hears("GOT 2\n");
    feed.sends([at("c", 990, "Parker")], 2, 3);
    feed.hears("ACK 2\n", "ACK 3\n");
    expect(["a", "b", "c"].map((client) => herd.store.read(client) !== undefined)).toEqual([true, true, true]);
  });

  test("[CU24] is durable, with all before it, when a full frame is", () => {
    const { feed } = herdHolding({ peers: { frameReports: 2 } });
    feed.sends([at("a", 990, "Parker")], 0, 1);
    feed.hears("GOT 1\n");
    feed.sends([at("b", 990, "Parker"), at("c", 990, "Parker")], 1, 3);
    feed.hears("ACK 1\n", "ACK 3\n");
  });

  test("[CU24] when the link is replaced, is durable before the new one is told the cursor", () => {
    const { herd, feed } = herdHolding();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    const again = herd.parker.dials({ features: ["got"] });
    again.hearsSync(1);
    expect(herd.store.read("ada")?.line).toBe(at("ada", 990, "Parker"));
  });
});
