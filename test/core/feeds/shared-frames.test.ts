// Reports that come soon after each other share a frame, which leaves a moment later; and what never waits for that.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat, type HarnessSettings } from "../../support/core-harness.ts";

const FRAME_MILLIS = 50;

/** Parker takes what this server sends; a client reports. */
function sending(peers: HarnessSettings["peers"] = {}) {
  const herd = new CoreHarness({ peers: { frameMillis: FRAME_MILLIS, ...peers } });
  const { feed, link } = herd.parker.meets();
  return { herd, feed, link, client: herd.client() };
}

describe("reports to a neighbour", () => {
  test("[CU32] leave at once after a pause; those that come next share a frame frameMillis later", () => {
    const { herd, link, client } = sending();
    client.says(iamat("ada", 990));
    link.hearsFrame([at("ada", 990)], 0, 1);
    client.says(iamat("bob", 990));
    herd.advance(FRAME_MILLIS - 1);
    client.says(iamat("cyd", 990 - 1));
    link.hearsNothing();
    herd.advance(1);
    const { epoch } = link.hello;
    expect(link.takeReceived().map(String)).toEqual([
      expect.stringMatching(`^AT Alford \\S+ bob .*\nAT Alford \\S+ cyd .*\nSEQ ${epoch} 1 3\n$`),
    ]);
  });

  test("[CU32] wait for each frame anew, and leave at once when none left for so long", () => {
    const { herd, link, client } = sending();
    client.says(iamat("ada", 990));
    client.says(iamat("ada", 991));
    herd.advance(FRAME_MILLIS);
    expect(link.takeReceived()).toHaveLength(2);
    client.says(iamat("ada", 992));
    herd.advance(FRAME_MILLIS - 1);
    link.hearsNothing();
    herd.advance(1);
    expect(link.takeReceived()).toHaveLength(1);
    herd.advance(FRAME_MILLIS);
    client.says(iamat("ada", 993));
    expect(link.takeReceived()).toHaveLength(1);
  });

  test("[CU32] leave as soon as a frame is full", () => {
    const { link, client } = sending({ frameReports: 3 });
    client.says(iamat("ada", 990));
    link.hearsFrame([at("ada", 990)], 0, 1);
    client.says(`${iamat("a", 990)}\n${iamat("b", 990)}`);
    link.hearsNothing();
    client.says(iamat("c", 990));
    link.hearsFrame(
      ["a", "b", "c"].map((name) => at(name, 990)),
      1,
      4,
    );
  });

  test("[CU32] do not wait after a full frame: what is left of many follows at once", () => {
    const { herd, link, client } = sending({ frameReports: 2 });
    client.says(["a", "b", "c"].map((name) => iamat(name, 990)).join("\n"));
    expect(link.takeReceived()).toHaveLength(2);
    expect(herd.statusOf(herd.parker).framesUnacknowledged).toBe(2);
  });

  test("[CU32] wait on each link by itself", () => {
    const { herd, feed, link, client } = sending();
    const powell = herd.powell.meets();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    powell.link.hearsFrame([at("ada", 990, "Parker")], 0, 1);
    client.says(iamat("bob", 990));
    link.hearsFrame([at("bob", 990)], 0, 2);
    powell.link.hearsNothing();
    herd.advance(FRAME_MILLIS);
    powell.link.hearsFrame([at("bob", 990)], 1, 2);
  });

  test("[CU16] [CU32] wait for a receipt while as many frames as may be are on their way, then share one", () => {
    const { herd, link, client } = sending({ framesUnacknowledged: 2 });
    client.says(iamat("ada", 990));
    link.hearsFrame([at("ada", 990)], 0, 1);
    client.says(iamat("bob", 990));
    herd.advance(FRAME_MILLIS);
    link.hearsFrame([at("bob", 990)], 1, 2);
    client.says(iamat("cyd", 990));
    herd.advance(FRAME_MILLIS);
    client.says(iamat("dan", 990));
    herd.advance(FRAME_MILLIS);
    link.hearsNothing();
    link.receipts("GOT", 2, 2);
    const { epoch } = link.hello;
    expect(link.takeReceived().map(String)).toEqual([
      expect.stringMatching(`^AT Alford \\S+ cyd .*\nAT Alford \\S+ dan .*\nSEQ ${epoch} 2 4\n$`),
    ]);
  });

  test("[CU32] wait for none with frameMillis 0", () => {
    const { link, client } = sending({ frameMillis: 0 });
    for (let time = 990; time < 993; time++) client.says(iamat("ada", time));
    expect(link.takeReceived()).toHaveLength(3);
  });

  test("[CU32] leave before a server rests that is drained", () => {
    const { herd, link, client } = sending();
    client.says(iamat("ada", 990));
    link.hearsFrame([at("ada", 990)], 0, 1);
    client.says(iamat("bob", 990));
    herd.turn({ type: "drained" });
    link.hearsFrame([at("bob", 990)], 1, 2);
    link.isClosedWith(1001);
  });

  test("[CU32] keep nobody from being known to lack them: a restart sends them", () => {
    const { herd, link, client } = sending();
    client.says(iamat("ada", 990));
    client.says(iamat("bob", 990));
    link.hearsFrame([at("ada", 990)], 0, 1);
    expect(herd.statusOf(herd.parker)).toMatchObject({ isCaughtUp: false, behindAtMost: 2 });
    herd.restart();
    herd.ringAlarm();
    const again = herd.parker.answersDial(1);
    herd.advance(0);
    expect(String(again.takeReceived()[0])).toContain(at("bob", 990));
  });
});

describe("a frame without AT lines", () => {
  test("[FL9] [CU24] is in the commit of the reports that the receiver holds, which comes no later for it", () => {
    const { herd, feed } = sending();
    const powell = herd.powell.dials({ features: ["got", "counts"] });
    powell.hearsSync(0);
    feed.takeReceived();
    powell.sends([at("ada", 990, "Powell")], 0, 1);
    const { commits } = herd.store;
    herd.advance(1500);
    powell.sends([], 1, 2);
    herd.advance(499);
    powell.hearsNothing();
    herd.advance(1);
    powell.hears("ACK 2 2\n");
    expect(herd.store.commits).toBe(commits + 1);
  });

  test("[CU24] alone becomes durable after a pause", () => {
    const { herd } = sending();
    const powell = herd.powell.dials({ features: ["got", "counts"] });
    powell.hearsSync(0);
    powell.sends([], 0, 7);
    herd.advance(1999);
    powell.hearsNothing();
    herd.advance(1);
    powell.hears("ACK 7 1\n");
    expect(herd.store.readNeighbours().get("Powell")?.cursor).toBe(7);
  });
});

describe("a neighbour that dials", () => {
  test("[CU24] [CU2] is told its cursor without a commit where all that it sent is durable", () => {
    const { herd, feed } = sending();
    const powell = herd.powell.dials({ features: ["got"] });
    powell.hearsSync(0);
    powell.sends([at("ada", 990, "Powell")], 0, 1);
    powell.hears("GOT 1\n");
    const { commits } = herd.store;
    feed.breaks();
    herd.parker.dials({ features: ["got"] }).hearsSync(0);
    expect(herd.store.read("ada")).toBeUndefined();
    expect(herd.store.commits).toBe(commits);
  });
});
