// Waking with connections that outlived the server's memory: they go on as if nothing had happened.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

describe("after hibernation", () => {
  test("[CU2] a client's connection goes on, with the policy that it was opened with", () => {
    const herd = new CoreHarness();
    const [asking, silent] = [herd.client({ unknown: "reject" }), herd.client()];
    herd.restart(asking, silent);
    expect(herd.server.status().connections).toBe(2);
    asking.says(`${iamat("ada", 990)}\nWHATSAT nobody 1 1`);
    asking.hears(`${at("ada", 990)}\n? WHATSAT nobody 1 1\n`);
    silent.says("WHATSAT nobody 1 1\nFOO");
    silent.hears("? FOO\n");
  });

  test("[CU2] a neighbour's feed goes on where it was, without another SYNC", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    feed.hearsAck(1);
    herd.restart(feed);
    feed.hearsNothing();
    feed.sends([at("bob", 990, "Parker")], 1, 2);
    feed.hearsAck(2);
    feed.sends([at("bob", 990, "Parker")], 3, 4);
    feed.isClosedWith(1002);
  });

  test("[CU12] of two links of a neighbour the newest is heard and the older one closed, in whatever order they wake", () => {
    for (const isNewestFirst of [true, false]) {
      const herd = new CoreHarness();
      const older = herd.parker.dials();
      const newer = herd.parker.dials();
      newer.hearsSync(0);
      // As if the older one's end had not come through before the server left memory.
      const [first, second] = [older, newer].map((link) => herd.sameLinkAgain(link));
      if (first === undefined || second === undefined) throw new Error("Expected two links");
      herd.restart(...(isNewestFirst ? [second, first] : [first, second]));
      first.isClosedWith(1002, "replaced by a newer link");
      first.sends([at("ada", 990, "Parker")], 0, 1);
      expect(herd.store.read("ada")).toBeUndefined();
      second.sends([at("bob", 990, "Parker")], 0, 1);
      second.hearsAck(1);
    }
  });

  test("[CU12] a link that comes then is newer than all that woke", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    herd.restart(feed);
    const newer = herd.parker.dials();
    expect(newer.id).toBeGreaterThan(feed.id);
    feed.isClosedWith(1002, "replaced by a newer link");
    newer.hearsSync(0);
  });

  test("[CU23] the link of a neighbour that left the configuration meanwhile is closed", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const stranger = herd.sameLinkAgain(feed, { name: "Hamilton" });
    herd.restart(stranger);
    stranger.isClosedWith(1008);
  });

  test("[FL8] what a feed that woke brings does not go back to the life that sent it", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    herd.restart(feed);
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    feed.hearsAck(1);
    const parker = herd.parker.answersDial(0);
    herd.powell.answersDial(0).hearsFrame([at("ada", 990, "Parker")], 0, 1);
    herd.advance(2000);
    parker.hearsFrame([], 0, 1);
  });

  test("[CU19] [ST1] a server that was caught up dials nobody and sets no alarm: waking costs nothing", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    for (const neighbour of [herd.parker, herd.powell]) neighbour.meets();
    herd.advance(200_000);
    const { commits, alarmWrites } = herd.store;
    herd.restart(client);
    client.says("FOO");
    client.hears("? FOO\n");
    for (const neighbour of [herd.parker, herd.powell]) neighbour.expectNoDial();
    expect([herd.store.commits, herd.store.alarmWrites]).toEqual([commits, alarmWrites]);
    expect(herd.server.nextTurnMillis).toBe(Infinity);
  });
});
