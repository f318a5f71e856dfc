// A neighbour that is wrong, or worse: it says absurd things of what it holds, and of times.

import { describe, expect, test } from "vitest";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const ABSURD = 999_999_999;
const DAY_SECONDS = 86_400;

/** An AT line of a time so many seconds from now, as another server would send it. */
const ahead = (client: string, seconds: string | number) => `AT Parker +0.000000000 ${client} +1-1 ${seconds}`;

describe("a neighbour that holds numbers that were never given", () => {
  test("[CU9] [CU27] begins one epoch, and is then a failure like others", () => {
    const herd = new CoreHarness();
    herd.powell.answersDial();
    const { epoch } = herd.server.status();
    herd.parker.expectDial().syncs(ABSURD);
    expect(herd.server.status().epoch).not.toBe(epoch);
    herd.powell.expectDial().syncs(0);
    let dials = 0;
    for (let second = 0; second < 600; second++) {
      herd.advance(1000);
      try {
        herd.parker.expectDial().syncs(ABSURD);
        dials++;
      } catch {
        // None in this second.
      }
    }
    expect(herd.logged("epoch begun")).toHaveLength(1);
    expect(dials, "tried again ever more seldom").toBeLessThan(30);
    expect(dials).toBeGreaterThan(5);
    expect(herd.statusOf(herd.parker)).toMatchObject({
      failures: dials,
      lastError: expect.stringContaining("an operator begins another one") as string,
    });
    herd.powell.expectNoDial();
  });

  test("[CU27] does not begin another epoch at once, though another neighbour asks for it", () => {
    const herd = new CoreHarness();
    herd.powell.answersDial();
    herd.parker.expectDial().syncs(ABSURD);
    const link = herd.powell.expectDial();
    link.syncs(ABSURD);
    link.isClosedWith(1002);
    expect(herd.logged("epoch begun")).toHaveLength(1);
  });

  test("[CU27] may begin another one later, after it has said a number that was given", () => {
    const herd = new CoreHarness();
    herd.powell.answersDial();
    herd.parker.expectDial().syncs(ABSURD);
    for (const neighbour of [herd.parker, herd.powell]) neighbour.answersDial(0);
    herd.advance(61_000);
    herd.client().says(iamat("kiwi", 990));
    herd.parker.expectDial().syncs(ABSURD);
    expect(herd.logged("epoch begun")).toHaveLength(2);
  });

  test("[CU27] does not hold up an operator", () => {
    const herd = new CoreHarness();
    herd.parker.expectDial().syncs(ABSURD);
    herd.turn({ type: "storage restored" });
    herd.turn({ type: "storage restored" });
    expect(herd.logged("epoch begun")).toHaveLength(3);
  });
});

describe("a neighbour's report of a time to come", () => {
  test.each([
    ["20 digits", "99999999999999999999"],
    ["a second too many", String(1000 + DAY_SECONDS + 1)],
    ["a nanosecond too many", `${1000 + DAY_SECONDS}.000000001`],
    ["the largest time", `${"9".repeat(22)}.999999999`],
  ])("[RP13] is not taken if it is ahead by more than a day: %s", (_what, seconds) => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([at("before", 990, "Parker"), ahead("kiwi", seconds), at("after", 991, "Parker")], 0, 3);
    feed.hearsAck(3);
    expect(herd.store.read("kiwi")).toBeUndefined();
    expect([herd.store.read("before")?.line, herd.store.read("after")?.line]).toEqual([
      at("before", 990, "Parker"),
      at("after", 991, "Parker"),
    ]);
    expect(herd.logged("reports ahead")).toEqual([
      { event: "reports ahead", from: "Parker", reports: 1, client: "kiwi" },
    ]);
    expect(herd.server.status().counters.feedAhead).toBe(1);
    // Nobody's client is frozen.
    const client = herd.client();
    client.says(iamat("kiwi", 990));
    client.hearsLines(at("kiwi", 990));
  });

  test("[RP13] is taken up to a day, which no clock of a server is wrong by", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([ahead("kiwi", 1000 + DAY_SECONDS)], 0, 1);
    feed.hearsAck(1);
    expect(herd.store.read("kiwi")?.line).toBe(ahead("kiwi", 1000 + DAY_SECONDS));
    expect(herd.logged("reports ahead")).toEqual([]);
  });

  test("[RP13] is measured to the millisecond of the clock", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    herd.advance(250);
    feed.sends([ahead("kiwi", `${1000 + DAY_SECONDS}.25`), ahead("moa", `${1000 + DAY_SECONDS}.250000001`)], 0, 2);
    expect([herd.store.read("kiwi")?.client, herd.store.read("moa")]).toEqual(["kiwi", undefined]);
  });

  test("[RP13] is told of once for a frame, and not passed on", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const link = herd.powell.answersDial();
    feed.sends(
      ["a", "b", "c"].map((client) => ahead(client, "9".repeat(20))),
      0,
      3,
    );
    feed.hearsAck(3);
    link.hearsNothing();
    expect(herd.logged("reports ahead")).toMatchObject([{ reports: 3, client: "a" }]);
  });

  test("[RP13] has a limit that is a setting", () => {
    const herd = new CoreHarness({ limits: { futureSeconds: 10 }, peers: { futureSeconds: 60 } });
    const { feed } = herd.parker.meets();
    feed.sends([ahead("kiwi", 1060), ahead("moa", 1061)], 0, 2);
    expect([herd.store.read("kiwi")?.client, herd.store.read("moa")]).toEqual(["kiwi", undefined]);
  });
});
