// A clock that is set back by a day, or ahead and back: no wait becomes a day longer.

import { describe, expect, test } from "vitest";
import { at, CoreHarness, iamat, type HarnessSettings } from "../../support/core-harness.ts";

const DAY_MILLIS = 86_400_000;
const ADDRESS = "192.0.2.1";

/** The clock is set, and the next turn sees it: something arrives. */
function setClock(herd: CoreHarness, byMillis: number): void {
  herd.nowMillis += byMillis;
  herd.turn();
}

/** Some days after 1970, so that no time becomes negative. */
function later(settings: HarnessSettings = {}): CoreHarness {
  const herd = new CoreHarness(settings);
  for (const neighbour of [herd.parker, herd.powell]) neighbour.answersDial();
  setClock(herd, 10 * DAY_MILLIS);
  return herd;
}

describe.each([
  ["back by a second", [-1000]],
  ["back by a day", [-DAY_MILLIS]],
  ["ahead by a day, and back", [DAY_MILLIS, -DAY_MILLIS]],
  ["back again and again", [-DAY_MILLIS, 10, -DAY_MILLIS, 10, -DAY_MILLIS]],
] as const)("a clock that is set %s", (_how, steps) => {
  const set = (herd: CoreHarness) => {
    for (const step of steps) setClock(herd, step);
  };
  test("[LI26] [CU4] does not put off the next dial of a neighbour that could not be reached", () => {
    const herd = later();
    herd.client().says(iamat("kiwi", 990));
    for (let n = 0; n < 10; n++) {
      herd.parker.expectDial().breaks("cannot be reached");
      herd.powell.forgetDials();
      herd.advanceToRetry(herd.parker);
    }
    herd.parker.expectDial().breaks("cannot be reached");
    set(herd);
    const { nextRetryMillis } = herd.statusOf(herd.parker);
    expect((nextRetryMillis ?? 0) - herd.nowMillis).toBeLessThanOrEqual(60_000);
    const dials = herd.logged("dialled").length;
    herd.advance(60_001);
    expect(herd.logged("dialled").slice(dials)).toContainEqual({ event: "dialled", to: "Parker" });
  });

  test("[LI26] [CU17] does not put off the end of a link that says nothing", () => {
    const herd = later();
    herd.client().says(iamat("kiwi", 990));
    const link = herd.parker.expectDial();
    set(herd);
    herd.advance(11_000);
    link.isClosedWith(1011);
  });

  test("[LI26] [LI6] [LI7] does not put off the ends of silent connections", () => {
    const herd = later({ limits: { idleConnectionSeconds: 20, handshakeSeconds: 10 } });
    const [silent, slow] = [herd.client(), herd.client({ via: "tcp" })];
    slow.streams("IAM");
    set(herd);
    herd.advance(10_001);
    slow.isClosedWith(1008);
    herd.advance(10_001);
    silent.isClosedWith(1008);
  });

  test("[LI26] [LI2] [LI4] does not put off that a client may speak and ask again", () => {
    const herd = later({ limits: { commandsPerSecond: 1, commandsBurst: 1, whatsatsPerMinute: 1 } });
    herd.client().says(iamat("kiwi", 990));
    const client = herd.client({ address: ADDRESS });
    client.says("WHATSAT kiwi 10 5");
    herd.takeQuery();
    set(herd);
    herd.advance(61_000);
    client.says("WHATSAT kiwi 10 5");
    expect(herd.takeQuery().radiusKm).toBe(10);
  });

  test("[LI26] [WT4] does not put off what watchers are told", () => {
    const herd = later({ limits: { watchPerSecond: 1 } });
    const watcher = herd.client();
    watcher.says("WATCH kiwi");
    watcher.takeReceived();
    const reporter = herd.client();
    reporter.says(`${iamat("kiwi", 990)}\n`);
    reporter.says(`${iamat("kiwi", 991)}\n`);
    set(herd);
    herd.advance(1001);
    expect(watcher.takeReceived().join("")).toMatch(/ kiwi \+1-1 991\n$/);
  });

  test("[LI26] [CU6] does not put off that what is held back becomes durable", () => {
    const herd = later();
    const feed = herd.parker.dials({ features: ["got", "fields"] });
    feed.takeReceived();
    feed.sends([at("kiwi", 990, "Parker")], 0, 1);
    expect(herd.store.read("kiwi")).toBeUndefined();
    set(herd);
    herd.advance(10_001);
    expect(herd.store.read("kiwi")?.line).toBe(at("kiwi", 990, "Parker"));
  });

  test("[LI26] [CU20] does not keep a quiet link open", () => {
    const herd = later();
    herd.client().says(iamat("kiwi", 990));
    const link = herd.parker.answersDial();
    herd.powell.answersDial();
    link.takeReceived();
    link.acks(1);
    set(herd);
    herd.advance(6000);
    link.isClosedWith(1000);
  });

  test("[LI26] [CU4] leaves no durable alarm that rings a day too late", () => {
    const herd = later();
    herd.client().says(iamat("kiwi", 990));
    herd.parker.expectDial().breaks("cannot be reached");
    set(herd);
    expect((herd.store.alarmAtMillis ?? Infinity) - herd.nowMillis).toBeLessThanOrEqual(60_000);
  });
});
