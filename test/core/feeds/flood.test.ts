// The flood at one server between two neighbours: what it passes on, to whom, and what it keeps to itself.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat, type HarnessSettings } from "../../support/core-harness.ts";

/** Alford with live feeds to and from both neighbours. */
function herdOfThree(settings?: HarnessSettings) {
  const herd = new CoreHarness(settings);
  return { herd, client: herd.client(), parker: herd.parker.meets(), powell: herd.powell.meets() };
}

/** `peers.writeBehindQuietSeconds`. */
const QUIET_MILLIS = 2000;

describe("an accepted report", () => {
  test("[FL2] of a client goes to every neighbour", () => {
    const { client, parker, powell } = herdOfThree();
    client.says(iamat("ada", 990));
    parker.link.hearsFrame([at("ada", 990)], 0, 1);
    powell.link.hearsFrame([at("ada", 990)], 0, 1);
  });

  test("[FL2] [FL9] of a neighbour goes to the other one as it came; later an empty frame moves its own cursor past it", () => {
    const { herd, parker, powell } = herdOfThree();
    parker.feed.sends([at("ada", 990, "Hamilton")], 0, 1);
    parker.feed.hearsAck(1);
    powell.link.hearsFrame([at("ada", 990, "Hamilton")], 0, 1);
    parker.link.hearsNothing();
    herd.advance(0.75 * QUIET_MILLIS - 1);
    parker.link.hearsNothing();
    herd.advance(1);
    parker.link.hearsFrame([], 0, 1);
  });

  test("[FL9] left out moves the cursor with whatever is sent next", () => {
    const { client, parker } = herdOfThree();
    parker.feed.sends([at("ada", 990, "Hamilton")], 0, 1);
    client.says(iamat("bob", 990));
    parker.link.hearsFrame([at("bob", 990)], 0, 2);
  });

  test("[FL2] of a neighbour is left out of a frame that tells it of others", () => {
    const { herd, client, parker, powell } = herdOfThree();
    herd.inOneTurn(() => {
      client.says(iamat("ada", 990));
      parker.feed.sends([at("bob", 990, "Parker")], 0, 1);
      powell.feed.sends([at("cyd", 990, "Powell")], 0, 1);
    });
    parker.link.hearsFrame([at("ada", 990), at("cyd", 990, "Powell")], 0, 3);
    powell.link.hearsFrame([at("ada", 990), at("bob", 990, "Parker")], 0, 3);
  });

  test("[FL7] of a time that another one has costs one AT line more to each neighbour, and no more", () => {
    const { herd, parker, powell } = herdOfThree();
    parker.feed.sends([at("ada", 990, "Bolden")], 0, 1);
    powell.link.takesFrame([at("ada", 990, "Bolden")], 0, 1);
    powell.feed.sends([at("ada", 990, "Parker")], 0, 1);
    parker.link.takesFrame([at("ada", 990, "Parker")], 0, 2);
    parker.feed.sends([at("ada", 990, "Parker")], 1, 2);
    powell.feed.sends([at("ada", 990, "Bolden")], 1, 2);
    herd.advance(QUIET_MILLIS);
    parker.link.hearsNothing();
    powell.link.takesFrame([], 1, 2);
    powell.link.hearsNothing();
  });

  test("[FL7] costs each neighbour one AT line, however many brought it", () => {
    const { herd, parker, powell } = herdOfThree();
    parker.feed.sends([at("ada", 990, "Bolden")], 0, 1);
    powell.feed.sends([at("ada", 990, "Bolden")], 0, 1);
    powell.link.takesFrame([at("ada", 990, "Bolden")], 0, 1);
    herd.advance(QUIET_MILLIS);
    parker.link.takesFrame([], 0, 1);
    parker.link.hearsNothing();
    powell.link.hearsNothing();
  });

  test("[FL2] goes back to the neighbour that it came from where a newer one of a client was first", () => {
    const { herd, client, parker } = herdOfThree();
    herd.inOneTurn(() => {
      parker.feed.sends([at("ada", 990, "Parker")], 0, 1);
      client.says(iamat("ada", 995));
    });
    parker.link.hearsFrame([at("ada", 995)], 0, 1);
  });
});

describe("a refused report", () => {
  test("[FL2] goes nowhere, whoever brings it", () => {
    const { client, parker, powell } = herdOfThree();
    client.says(iamat("ada", 990));
    parker.link.takesFrame([at("ada", 990)], 0, 1);
    powell.link.takesFrame([at("ada", 990)], 0, 1);
    client.says(`${iamat("ada", 990)}\n${iamat("ada", 980)}`);
    parker.feed.sends([at("ada", 990, "Aaron"), at("ada", 989, "Parker")], 0, 2);
    parker.feed.hearsAck(2);
    parker.link.hearsNothing();
    powell.link.hearsNothing();
  });

  test("[RP11] [FL2] of equal times, the neighbour's greater line is accepted and passed on, and no lesser one", () => {
    const { herd, client, parker, powell } = herdOfThree({ peers: { frameMillis: 0 } });
    client.says(iamat("ada", 990));
    client.hears(`${at("ada", 990)}\n`);
    powell.link.takesFrame([at("ada", 990)], 0, 1);
    parker.feed.sends([at("ada", 990, "Parker")], 0, 1);
    powell.link.hearsFrame([at("ada", 990, "Parker")], 1, 2);
    powell.feed.sends([at("ada", 990, "Bolden"), at("ada", 990, "Hamilton")], 0, 2);
    client.says(iamat("ada", 990));
    client.hears(`${at("ada", 990, "Parker")}\n`);
    expect(herd.store.read("ada")?.line).toBe(at("ada", 990, "Parker"));
  });
});

describe("the life that a report came from", () => {
  test("[FL8] is believed while the neighbour's SYNC names it, over a new link too", () => {
    const { herd, parker } = herdOfThree();
    parker.link.breaks();
    parker.feed.sends([at("ada", 990, "Parker")], 0, 1);
    const again = herd.parker.answersDial(0);
    herd.advance(QUIET_MILLIS);
    again.hearsFrame([], 0, 1);
  });

  test("[FL8] is over when SYNC names another one: then the report is sent again", () => {
    const { herd, parker } = herdOfThree();
    parker.feed.sends([at("ada", 990, "Parker")], 0, 1);
    herd.advance(QUIET_MILLIS);
    parker.link.takesFrame([], 0, 1);
    parker.link.breaks();
    herd.client().says(iamat("bob", 990));
    const link = herd.parker.expectDial();
    link.syncs(0, "another-run");
    link.hearsFrame([at("ada", 990, "Parker"), at("bob", 990).replace("+10.", "+12.")], 0, 2);
  });

  test("[FL8] is not remembered beyond our own", () => {
    const { herd, parker } = herdOfThree();
    parker.feed.sends([at("ada", 990, "Parker")], 0, 1);
    herd.restart();
    herd.client().says(iamat("bob", 990));
    const link = herd.parker.answersDial(0);
    const lines = String(link.takeReceived()[0]).split("\n");
    expect(lines).toContain(at("ada", 990, "Parker"));
  });
});

describe("a neighbour that is down", () => {
  test("[FL3] keeps nobody waiting: clients are answered, the other neighbour hears", () => {
    const herd = new CoreHarness();
    herd.parker.expectDial().breaks("connection refused");
    const { link } = herd.powell.meets();
    const client = herd.client();
    client.says(iamat("ada", 990));
    client.hearsLines(at("ada", 990));
    link.hearsFrame([at("ada", 990)], 0, 1);
  });

  test("[FL3] is named in the log and in the status, until it is back", () => {
    const herd = new CoreHarness();
    herd.parker.expectDial().breaks("connection refused");
    expect(herd.logged("link down")).toEqual([
      { event: "link down", to: "Parker", reason: "connection refused", retryInSeconds: expect.any(Number) },
    ]);
    expect(herd.statusOf(herd.parker)).toMatchObject({
      link: "closed",
      isCaughtUp: false,
      failures: 1,
      lastError: "connection refused",
      nextRetryMillis: expect.any(Number),
    });
    expect(herd.statusOf(herd.powell)).toMatchObject({ link: "dialling", failures: 0, lastError: null });
    herd.advance(1000);
    herd.parker.answersDial(0);
    expect(herd.statusOf(herd.parker)).toMatchObject({ link: "open", isCaughtUp: true, failures: 0 });
  });
});
