// Receipts of several frames: when a GOT leaves, what an ACK is of, and what a neighbour of before hears instead.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat, type HarnessSettings } from "../../support/core-harness.ts";

const QUIET_MILLIS = 2000;
const ANSWER_MILLIS = 10_000;

const FEATURES = ["got", "fields", "counts"];

/** A server that Parker feeds, whose reports have a greater number each: `ada` at 901, 902, … */
function fed({ features = FEATURES, ...settings }: HarnessSettings & { readonly features?: readonly string[] } = {}) {
  const herd = new CoreHarness({ ...settings, peers: { framesUnacknowledged: 4, ...settings.peers } });
  const feed = herd.parker.dials({ features });
  feed.hearsSync(0);
  let to = 0;
  const sends = (frames: number) => {
    for (let left = frames; left > 0; left--) {
      feed.sends([at("ada", 901 + to, "Parker")], to, to + 1);
      to++;
    }
  };
  return { herd, feed, sends };
}

/** Frames with a report each are on their way: they end at 1, 2, … */
function sending(frames: number, peers: HarnessSettings["peers"] = {}) {
  const herd = new CoreHarness({ peers: { frameMillis: 0, ...peers } });
  const { link } = herd.parker.meets();
  const client = herd.client();
  for (let frame = 1; frame <= frames; frame++) client.says(iamat("ada", 900 + frame));
  link.takeReceived();
  return { herd, link, client };
}

describe("a neighbour that counts", () => {
  test("[CU31] [CU14] hears of a frame alone that it is durable, and nothing before", () => {
    const { herd, feed, sends } = fed();
    sends(1);
    herd.advance(QUIET_MILLIS - 1);
    feed.hearsNothing();
    herd.advance(1);
    feed.hears("ACK 1 1\n");
    expect(herd.store.read("ada")?.line).toBe(at("ada", 901, "Parker"));
  });

  test("[CU31] hears one GOT of each half of the frames that may be on their way", () => {
    const { feed, sends } = fed();
    sends(1);
    feed.hearsNothing();
    sends(1);
    feed.hears("GOT 2 2\n");
    sends(2);
    feed.hears("GOT 4 2\n");
  });

  test("[CU31] that may have only one on its way hears a GOT of each at once", () => {
    const { feed, sends } = fed({ peers: { framesUnacknowledged: 1 } });
    sends(1);
    feed.hears("GOT 1 1\n");
  });

  test("[CU31] hears a GOT after a quarter of answerSeconds where nothing is durable before", () => {
    const { herd, feed, sends } = fed({ peers: { writeBehindQuietSeconds: 9, framesUnacknowledged: 100 } });
    sends(1);
    herd.advance(1000);
    sends(1);
    herd.advance(ANSWER_MILLIS / 4 - 1001);
    feed.hearsNothing();
    herd.advance(1);
    feed.hears("GOT 2 2\n");
    herd.advance(1000);
    feed.hearsNothing();
  });

  test("[CU14] hears one ACK of all that became durable, whether it heard a GOT or not", () => {
    const { herd, feed, sends } = fed();
    sends(3);
    feed.hears("GOT 2 2\n");
    herd.advance(QUIET_MILLIS);
    feed.hears("ACK 3 3\n");
    sends(1);
    herd.advance(QUIET_MILLIS);
    feed.hears("ACK 4 1\n");
  });

  test("[CU14] hears one ACK of the full frames of a turn", () => {
    const { herd, feed } = fed({ peers: { frameReports: 1 } });
    const { commits } = herd.store;
    herd.inOneTurn(() => {
      feed.sends([at("ada", 990, "Parker")], 0, 1);
      feed.sends([at("bob", 990, "Parker")], 1, 2);
      feed.sends([at("cyd", 990, "Parker")], 2, 9);
    });
    feed.hears("ACK 9 3\n");
    expect(herd.store.commits).toBe(commits + 1);
  });

  test("[CU14] hears how many of the frames of a scan are durable, which all end at one number", () => {
    const { herd, feed } = fed();
    for (const client of ["ada", "bob", "cyd"]) feed.sends([at(client, 990, "Parker")], 0, 0);
    feed.hears("GOT 0 2\n");
    herd.advance(QUIET_MILLIS);
    feed.hears("ACK 0 3\n");
  });

  test("[CU12] [CU14] hears over a new link nothing of the frames of the old one", () => {
    const { herd, feed, sends } = fed();
    sends(3);
    feed.takeReceived();
    const again = herd.parker.dials({ features: FEATURES });
    again.hearsSync(3);
    again.sends([at("ada", 990, "Parker")], 3, 4);
    herd.advance(QUIET_MILLIS);
    again.hears("ACK 4 1\n");
  });
});

describe("a neighbour of before", () => {
  test.each([[["got"]], [["got", "fields"]], [["got", "fields", "a-later-one"]]])(
    "[CU30] that says %j hears one receipt for each frame, GOT at once",
    (features) => {
      const { herd, feed } = fed({ features });
      herd.inOneTurn(() => {
        feed.sends([at("ada", 990, "Parker")], 0, 1);
        feed.sends([at("bob", 990, "Parker")], 1, 2);
      });
      feed.hears("GOT 1\n", "GOT 2\n");
      herd.advance(QUIET_MILLIS);
      feed.hears("ACK 2\n");
    },
  );

  test("[CU30] that does not know GOT either hears an ACK for each frame", () => {
    const { herd, feed } = fed({ features: [] });
    herd.inOneTurn(() => {
      feed.sends([at("ada", 990, "Parker")], 0, 1);
      feed.sends([at("bob", 990, "Parker")], 1, 2);
    });
    feed.hears("ACK 1\n", "ACK 2\n");
  });
});

describe("a sender", () => {
  test("[CU6] [CU31] sends as many more as a GOT is of", () => {
    const { herd, link, client } = sending(2, { framesUnacknowledged: 2 });
    client.says(iamat("bob", 990));
    link.hearsNothing();
    link.receipts("GOT", 2, 2);
    link.hearsFrame([at("bob", 990)], 2, 3);
    expect(herd.statusOf(herd.parker)).toMatchObject({ received: 2, acknowledged: 0, framesUnacknowledged: 3 });
  });

  test("[CU31] [CU19] does not take a neighbour to be behind that need not have answered yet, nor to be caught up", () => {
    const { herd, link } = sending(1);
    const sentMillis = herd.nowMillis;
    expect(herd.statusOf(herd.parker)).toMatchObject({ received: 0, isCaughtUp: false, behindSinceMillis: null });
    herd.advance(ANSWER_MILLIS / 2);
    herd.turn();
    expect(herd.statusOf(herd.parker).behindSinceMillis).toBe(sentMillis);
    link.receipts("GOT", 1, 1);
    expect(herd.statusOf(herd.parker)).toMatchObject({ received: 1, isCaughtUp: false, behindSinceMillis: null });
  });

  test("[CU14] counts an ACK for frames that heard GOT and for those that did not", () => {
    const { herd, link } = sending(4);
    link.receipts("GOT", 1, 1);
    link.receipts("ACK", 3, 3);
    expect(herd.statusOf(herd.parker)).toMatchObject({ received: 3, acknowledged: 3, framesUnacknowledged: 1 });
    link.receipts("ACK", 4, 1);
    expect(herd.statusOf(herd.parker)).toMatchObject({ isCaughtUp: true, framesUnacknowledged: 0 });
  });

  test("[CU14] [CU18] counts how many frames of a scan an ACK is of", () => {
    const herd = new CoreHarness({ peers: { scanReports: 1, recentReports: 1, framesUnacknowledged: 2 } });
    herd.client().says(["a", "b", "c", "d"].map((name) => iamat(name, 990)).join("\n"));
    const link = herd.parker.answersDial();
    herd.advance(0);
    link.hears(...["a", "b"].map((name) => `${at(name, 990)}\nSEQ ${link.hello.epoch} 0 0\n`));
    link.receipts("ACK", 0, 1);
    herd.advance(0);
    link.hearsFrame([at("c", 990)], 0, 0);
    link.receipts("ACK", 0, 2);
    herd.advance(0);
    expect(link.takeReceived()).toHaveLength(2);
  });

  test.each([
    ["a GOT of more frames than were sent", "GOT 4 4\n"],
    ["a GOT of fewer frames than end there", "GOT 3 2\n"],
    ["a second GOT of the same frames", "GOT 2 2\nGOT 2 2\n"],
    ["an ACK of more frames than were sent", "ACK 3 4\n"],
    ["an ACK of fewer frames than end there", "ACK 3 1\n"],
    ["a receipt of no frame", "ACK 0 0\n"],
  ])("[CU17] breaks off a link that says %s", (_, said) => {
    const { herd, link } = sending(3);
    for (const receipt of said.match(/.+\n/g) ?? []) link.says(receipt);
    link.isClosedWith(1002);
    expect(herd.statusOf(herd.parker)).toMatchObject({ link: "closed", failures: 1, acknowledged: 0 });
  });
});
