// A server that an operator takes out of service, and brings back.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const REASON = "Alford is taken out of service: connect to /nearest";

/** A server at rest with both neighbours, taken down. */
function takenDown(): CoreHarness {
  const herd = new CoreHarness();
  herd.parker.meets();
  herd.powell.meets();
  herd.turn({ type: "drained" });
  return herd;
}

describe("a server taken out of service", () => {
  test("[ED18] [ED19] answers what it was told before, and closes with a reason that says where to go", () => {
    const herd = new CoreHarness();
    const [ada, bob] = [herd.client(), herd.client({ via: "tcp" })];
    herd.inOneTurn(() => {
      ada.says(iamat("ada", 990));
      herd.arrive({ type: "drained" });
      ada.says(iamat("ada", 991));
    });
    ada.hearsLines(at("ada", 990));
    for (const client of [ada, bob]) client.isClosedWith(1001, REASON);
    expect(herd.store.read("ada")?.line).toBe(at("ada", 990));
    expect(herd.server.status()).toMatchObject({ isDrained: true, connections: 0, clients: 1 });
  });

  test("[ED18] waits for the places that a client has asked for", () => {
    const herd = new CoreHarness();
    const ada = herd.client();
    ada.says(`${iamat("ada", 990)}\nWHATSAT ada 1 1`);
    ada.hearsLines(at("ada", 990));
    herd.turn({ type: "drained" });
    ada.isOpen();
    herd.takeQuery().answer({ html_attributions: [], results: [], status: "ZERO_RESULTS" });
    expect(ada.takeReceived()).toHaveLength(1);
    ada.isClosedWith(1001, REASON);
  });

  test("[ED21] takes no new client and nothing from one", () => {
    const herd = takenDown();
    const commits = herd.store.commits;
    let eve = herd.client();
    eve.isClosedWith(1001, REASON);
    herd.inOneTurn(() => {
      eve = herd.client({ via: "post" });
      eve.says(iamat("eve", 990));
      eve.ends();
    });
    eve.isClosedWith(1001, REASON);
    eve.hearsNothing();
    expect([herd.store.read("eve"), herd.store.commits]).toEqual([undefined, commits]);
  });

  test("[ED22] lets what is ready flow to those linked, then closes the feeds both ways", () => {
    const herd = new CoreHarness();
    const { feed, link } = herd.parker.meets();
    herd.inOneTurn(() => {
      herd.client().says(iamat("ada", 990));
      feed.sends([at("bob", 990, "Parker")], 0, 1);
      herd.arrive({ type: "drained" });
    });
    link.hearsFrame([at("ada", 990)], 0, 2);
    link.isClosedWith(1001, REASON);
    feed.hearsAck(1);
    feed.isClosedWith(1001, REASON);
    expect(herd.store.read("bob")?.line).toBe(at("bob", 990, "Parker"));
    herd.powell.expectDial().isClosedWith(1001, REASON);
  });

  test("[ED23] dials nobody, refuses who dials it, and needs no turn and no alarm", () => {
    const herd = takenDown();
    herd.parker.dials().isClosedWith(1001, REASON);
    herd.advance(24 * 3_600_000);
    herd.ringAlarm();
    herd.advance(1000);
    for (const neighbour of [herd.parker, herd.powell]) neighbour.expectNoDial();
    expect([herd.server.nextTurnMillis, herd.store.alarmAtMillis]).toEqual([Infinity, undefined]);
    expect(herd.logged("feed refused")).toEqual([{ event: "feed refused", from: "Parker", reason: REASON }]);
  });

  test("[ED23] counts none of that as a failure of its neighbours", () => {
    const herd = new CoreHarness();
    herd.client().says(iamat("ada", 990));
    herd.turn({ type: "drained" });
    expect(herd.server.status().neighbours).toMatchObject([{ failures: 0 }, { failures: 0 }]);
  });

  test("[ED20] makes durable what was not flushed", () => {
    const herd = new CoreHarness();
    const feed = herd.parker.dials({ features: ["got"] });
    feed.hearsSync(0);
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    feed.hears("GOT 1\n");
    herd.turn({ type: "drained" });
    feed.hearsAck(1);
    expect(herd.store.read("ada")?.line).toBe(at("ada", 990, "Parker"));
    expect(herd.store.readNeighbours().get("Parker")).toMatchObject({ cursor: 1 });
  });

  test("[ED5] is still so in its next life, and closes the connections that outlived the last one", () => {
    const herd = new CoreHarness();
    const [ada, feed] = [herd.client(), herd.parker.dials()];
    feed.hearsSync(0);
    herd.store.writeIsDrained(true);
    herd.restart(ada, feed);
    expect(herd.server.isDrained).toBe(true);
    ada.isClosedWith(1001, REASON);
    feed.isClosedWith(1001, REASON);
    herd.parker.expectNoDial();
    expect(herd.logged("started").at(-1)).toMatchObject({ isDrained: true });
  });

  test("[ED5] that a commit fails for was not taken down", () => {
    const herd = new CoreHarness();
    herd.store.failure = new Error("the disk is full");
    expect(() => herd.turn({ type: "drained" })).toThrow("the disk is full");
    herd.store.failure = undefined;
    herd.restart();
    expect(herd.server.isDrained).toBe(false);
  });

  test("[ED5] twice is so once: nothing is written or logged again", () => {
    const herd = takenDown();
    const { rowsWritten } = herd.store;
    herd.turn({ type: "drained" });
    expect(herd.store.rowsWritten).toBe(rowsWritten);
    expect(herd.logged("drained")).toEqual([{ event: "drained", connections: 0 }]);
  });
});

describe("a server brought back into service", () => {
  test("[ED25] dials each neighbour, whatever it knew of it, and floods what they lack", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    herd.powell.meets();
    herd.client().says(iamat("ada", 990));
    link.takesFrame([at("ada", 990)], 0, 1);
    herd.turn({ type: "drained" });
    herd.turn({ type: "resumed" });
    herd.parker.answersDial(1).hearsNothing();
    herd.powell.answersDial(0).hearsFrame([at("ada", 990)], 0, 1);
    expect([herd.server.isDrained, herd.logged("resumed").length]).toEqual([false, 1]);
  });

  test("[ED26] takes what its neighbours have gathered meanwhile, from where it stood", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    feed.hearsAck(1);
    herd.turn({ type: "drained" });
    herd.restart();
    herd.turn({ type: "resumed" });
    const again = herd.parker.dials();
    again.hearsSync(1);
    again.sends([at("bob", 990, "Parker")], 1, 2);
    again.hearsAck(2);
    expect(herd.server.status().clients).toBe(2);
  });

  test("[ED6] [ED25] takes clients again, and dials though the last try failed just before", () => {
    const herd = new CoreHarness();
    for (let failures = 0; failures < 6; failures++) {
      herd.parker.expectDial().breaks("connection refused");
      herd.advanceToRetry(herd.parker);
    }
    herd.parker.expectDial().breaks("connection refused");
    herd.turn({ type: "drained" });
    herd.turn({ type: "resumed" });
    herd.parker.expectDial().isOpen();
    const ada = herd.client();
    ada.says(iamat("ada", 990));
    expect(ada.takeReceived()).toEqual([expect.stringMatching(/^AT Alford \S+ ada \+1-1 990\n$/)]);
  });

  test("[ED25] [CU28] and that dies before the dial asks again at its next start, by the alarm of that commit", () => {
    const herd = takenDown();
    herd.turn({ type: "resumed" });
    expect(herd.store.alarmAtMillis).toBe(herd.nowMillis + 180_000);
    herd.restart();
    herd.parker.expectDial().isOpen();
  });

  test("[ED6] that was in service stays as it is", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    herd.turn({ type: "resumed" });
    link.isOpen();
    herd.parker.expectNoDial();
    expect(herd.logged("resumed")).toEqual([]);
  });
});
