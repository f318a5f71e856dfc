// Neighbours that are new, come back with empty storage, or have left the herd.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

describe("a server without a row for a neighbour", () => {
  test("[CU23] dials it: on empty storage, all of them", () => {
    const herd = new CoreHarness();
    herd.parker.expectDial();
    herd.powell.expectDial();
  });

  test("[CU23] dials that one only, where the others have theirs", () => {
    const herd = new CoreHarness();
    herd.parker.meets();
    herd.powell.meets();
    herd.advance(200_000);
    herd.store.forgetNeighbour("Parker");
    herd.restart();
    herd.parker.expectDial();
    herd.powell.expectNoDial();
  });

  test("[CU23] [CU4] [CU28] and that dies before the dial asks again at its next start, by the alarm that its first commit set", () => {
    const herd = new CoreHarness();
    expect(herd.store.alarmAtMillis).toBe(herd.nowMillis + 180_000);
    herd.restart();
    herd.parker.expectDial();
    herd.powell.expectDial();
  });
});

describe("a neighbour that left the configuration", () => {
  test("[CU23] [ST1] is forgotten, with the first commit", () => {
    const herd = new CoreHarness();
    herd.store.writeNeighbour("Hamilton", { epoch: "e1", cursor: 7, failures: 0 });
    herd.restart();
    expect([...herd.store.readNeighbours().keys()]).toEqual(["Parker", "Powell", "Hamilton"]);
    herd.client().says(iamat("ada", 990));
    expect([...herd.store.readNeighbours().keys()]).toEqual(["Parker", "Powell"]);
  });
});

describe("a neighbour that dials under an unknown epoch", () => {
  test("[CU22] is told 0, dialled back at once, and sent everything that it says it lacks", () => {
    const herd = new CoreHarness();
    herd.client().says(iamat("ada", 990));
    const { feed, link } = herd.parker.meets();
    link.takesFrame([at("ada", 990)], 0, 1);
    feed.sends([at("bob", 990, "Parker")], 0, 9);
    feed.hearsAck(9);
    herd.advance(2000);
    link.takesFrame([], 1, 2);
    herd.parker.epoch = "Parker-epoch-2";
    herd.parker.incarnation = "Parker-run-2";
    herd.parker.dials().hearsSync(0);
    link.isClosedWith(1000);
    const back = herd.parker.expectDial();
    back.syncs(0);
    back.hearsFrame([at("ada", 990), at("bob", 990, "Parker")], 0, 2);
  });

  test("[CU5] is dialled back though the last try failed and the next is far off", () => {
    const herd = new CoreHarness();
    for (let failures = 0; failures < 8; failures++) {
      herd.parker.expectDial().breaks("connection refused");
      herd.advanceToRetry(herd.parker);
    }
    herd.parker.expectDial().breaks("connection refused");
    herd.parker.dials().hearsSync(0);
    herd.parker.expectDial();
  });

  test("[CU5] is not dialled back when it dials again under the epoch that is known by then", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    link.breaks();
    herd.parker.dials().hearsSync(0);
    herd.parker.expectNoDial();
  });

  test("[CU5] while our dial is under way is not dialled twice", () => {
    const herd = new CoreHarness();
    herd.parker.dials().hearsSync(0);
    herd.parker.answersDial(0).isOpen();
    herd.parker.expectNoDial();
  });

  test("[CU5] while our dial is under way is believed only if that life answers it, not an older one", () => {
    const herd = new CoreHarness();
    herd.client().says(iamat("ada", 990));
    const dialled = herd.parker.expectDial();
    herd.parker.dials({ incarnation: "newer" }).hearsSync(0);
    dialled.syncs(1, "older");
    dialled.isClosedWith(1000);
    const again = herd.parker.expectDial();
    again.syncs(0, "newer");
    again.hearsFrame([at("ada", 990)], 0, 1);
  });

  test("[CU22] is sent everything by a server that has started since, from its table", () => {
    const herd = new CoreHarness();
    herd.client().says(["c", "b", "a"].map((client) => iamat(client, 990)).join("\n"));
    herd.parker.meets();
    herd.restart();
    herd.parker.epoch = "Parker-epoch-2";
    herd.parker.dials().hearsSync(0);
    herd.parker.answersDial(0).hearsFrame([at("a", 990), at("b", 990), at("c", 990)], 0, 3);
  });

  test("[CU22] starts a cursor of its own: numbers of the old epoch mean nothing in the new one", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([at("ada", 990, "Parker")], 0, 50);
    feed.hearsAck(50);
    herd.parker.epoch = "Parker-epoch-2";
    const next = herd.parker.dials();
    next.hearsSync(0);
    next.sends([at("bob", 990, "Parker")], 0, 1);
    next.hearsAck(1);
    expect(herd.store.readNeighbours().get("Parker")).toMatchObject({ epoch: "Parker-epoch-2", cursor: 1 });
    expect(herd.store.read("bob")?.line).toBe(at("bob", 990, "Parker"));
  });
});
