// Who is behind and when somebody looks after that: the durable alarm, the turns that are due, the link that goes quiet.

import { describe, expect, test } from "vitest";

import { CoreHarness, iamat } from "../../support/core-harness.ts";

const IDLE_MILLIS = 5000;
const WAKE_MILLIS = 180_000;

/** A server whose neighbours are caught up, with no link open and no alarm set: it could hibernate. */
function restingHerd() {
  const herd = new CoreHarness();
  const feeds = [herd.parker, herd.powell].map((neighbour) => neighbour.meets().feed);
  for (const feed of feeds) feed.breaks();
  herd.advance(WAKE_MILLIS);
  expect(herd.store.alarmAtMillis).toBeUndefined();
  expect(herd.server.nextTurnMillis).toBe(Infinity);
  return herd;
}

/** A server that failed to reach Parker so often that it waits half a minute or more; Powell is caught up and quiet. */
function herdThatRetriesParker() {
  const herd = restingHerd();
  herd.client().says(iamat("ada", 990));
  herd.powell.answersDial(0).acks(1);
  for (let failures = 0; failures < 10; failures++) {
    herd.parker.expectDial().breaks("connection refused");
    herd.advanceToRetry(herd.parker);
  }
  herd.parker.expectDial().breaks("connection refused");
  return herd;
}

describe("the alarm", () => {
  test("[CU4] is set in the commit that leaves the first neighbour behind", () => {
    const herd = restingHerd();
    const { commits } = herd.store;
    herd.client().says(iamat("ada", 990));
    expect(herd.store.commits).toBe(commits + 1);
    expect(herd.store.alarmAtMillis).toBe(herd.nowMillis + WAKE_MILLIS);
  });

  test("[CU4] is not set by a commit that throws", () => {
    const herd = restingHerd();
    herd.store.failure = new Error("disk full");
    expect(() => herd.client().says(iamat("ada", 990))).toThrow(herd.store.failure);
    expect(herd.store.alarmAtMillis).toBeUndefined();
  });

  test("[CU4] [CU28] wakes a server that died just after that commit, and everybody is asked what they lack", () => {
    const herd = restingHerd();
    herd.client().says(iamat("ada", 990));
    herd.nowMillis = herd.store.alarmAtMillis ?? 0;
    herd.restart();
    herd.ringAlarm();
    for (const neighbour of [herd.parker, herd.powell]) {
      const link = neighbour.answersDial(0);
      expect(link.takeReceived()).toHaveLength(1);
    }
  });

  test("[CU4] is written once, however many reports follow while it stands", () => {
    const herd = restingHerd();
    const { alarmWrites } = herd.store;
    const client = herd.client();
    for (let index = 0; index < 20; index++) {
      client.says(iamat(`client-${index}`, 990));
      herd.advance(100);
    }
    expect(herd.store.alarmWrites).toBe(alarmWrites + 1);
  });

  test("[CU4] that rings while a neighbour is still behind is set again", () => {
    const herd = restingHerd();
    herd.client().says(iamat("ada", 990));
    herd.parker.answersDial(0);
    herd.powell.expectDial().breaks("connection refused");
    herd.ringAlarm();
    expect(herd.store.alarmAtMillis).toBeGreaterThan(herd.nowMillis);
  });

  test("[CU4] that rings when all are caught up is spent: nobody is dialled, none is set", () => {
    const herd = restingHerd();
    herd.ringAlarm();
    herd.parker.expectNoDial();
    expect(herd.store.alarmAtMillis).toBeUndefined();
  });

  test("[CU20] stands where the retry is that a neighbour waits for, so that the server may leave memory meanwhile", () => {
    const herd = herdThatRetriesParker();
    expect(herd.server.nextTurnMillis).toBe(Infinity);
    expect(herd.store.alarmAtMillis).toBe(herd.statusOf(herd.parker).nextRetryMillis);
  });

  test("[CU4] [CU28] outlives a start; a neighbour that waits for a retry is left to it", () => {
    const herd = herdThatRetriesParker();
    const { alarmAtMillis } = herd.store;
    herd.restart();
    herd.powell.answersDial(1);
    herd.parker.expectNoDial();
    herd.client().says("FOO");
    expect(herd.store.alarmAtMillis).toBe(alarmAtMillis);
    herd.advanceToAlarm();
    expect(herd.parker.answersDial(0).takeReceived()).toHaveLength(1);
  });

  test("[CU29] stays when all are caught up, and the next report sets none", () => {
    const herd = restingHerd();
    const client = herd.client();
    client.says(iamat("ada", 990));
    const { alarmAtMillis } = herd.store;
    for (const neighbour of [herd.parker, herd.powell]) neighbour.answersDial(0).acks(1);
    herd.advance(60_000);
    const { alarmWrites } = herd.store;
    expect(herd.store.alarmAtMillis).toBe(alarmAtMillis);
    client.says(iamat("ada", 991));
    for (const neighbour of [herd.parker, herd.powell]) neighbour.answersDial(1).acks(2);
    expect([herd.store.alarmAtMillis, herd.store.alarmWrites]).toEqual([alarmAtMillis, alarmWrites]);
  });

  test("[CU29] of a server that left memory rings twice after the last report, and is cleared", () => {
    const herd = restingHerd();
    herd.client().says(iamat("ada", 990));
    for (const neighbour of [herd.parker, herd.powell]) neighbour.answersDial(0).acks(1);
    const alarms: boolean[] = [];
    for (let ring = 0; ring < 2; ring++) {
      herd.nowMillis = herd.store.alarmAtMillis ?? 0;
      herd.restart();
      herd.ringAlarm();
      for (const neighbour of [herd.parker, herd.powell]) neighbour.answersDial(1);
      herd.advance(IDLE_MILLIS);
      alarms.push(herd.store.alarmAtMillis !== undefined);
    }
    expect(alarms).toEqual([true, false]);
  });
});

describe("a link", () => {
  test("[CU21] that is caught up and quiet for idleSeconds is closed", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    herd.advance(IDLE_MILLIS - 1);
    link.isOpen();
    herd.advance(1);
    link.isClosedWith(1000, "idle");
    expect(herd.logged("link idle")).toEqual([{ event: "link idle", to: "Parker" }]);
    expect(herd.statusOf(herd.parker)).toMatchObject({ link: "closed", isCaughtUp: true, failures: 0 });
  });

  test("[CU21] is quiet from the last word on it, either way", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    const client = herd.client();
    herd.advance(4000);
    client.says(iamat("ada", 990));
    herd.advance(4000);
    link.acks(1);
    herd.advance(IDLE_MILLIS - 1);
    link.isOpen();
    herd.advance(1);
    link.isClosedWith(1000, "idle");
  });

  test("[CU21] that waits for an ACK is not idle", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    herd.client().says(iamat("ada", 990));
    herd.advance(IDLE_MILLIS + 1000);
    link.isOpen();
  });

  test("[CU21] that was closed is dialled again by the next report, and by nothing else", () => {
    const herd = restingHerd();
    herd.client().says("FOO");
    herd.parker.dials().hearsSync(0);
    herd.advance(60_000);
    herd.parker.expectNoDial();
    herd.client().says(iamat("ada", 990));
    expect(herd.parker.answersDial(0).takeReceived()).toHaveLength(1);
  });

  test("[CU19] that breaks while the neighbour is caught up is not missed", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    link.breaks();
    herd.advance(60_000);
    herd.parker.expectNoDial();
    expect(herd.statusOf(herd.parker)).toMatchObject({ isCaughtUp: true, failures: 0 });
  });
});

describe("a neighbour", () => {
  test("[CU19] is caught up when its ACK equals the highest seq, and not before", () => {
    const herd = new CoreHarness({ peers: { frameMillis: 0 } });
    const { link } = herd.parker.meets();
    const isCaughtUp = () => herd.statusOf(herd.parker).isCaughtUp;
    expect(isCaughtUp()).toBe(true);
    herd.client().says(iamat("ada", 990));
    expect(isCaughtUp()).toBe(false);
    herd.client().says(iamat("bob", 990));
    link.acks(1);
    expect(isCaughtUp()).toBe(false);
    link.acks(2);
    expect(isCaughtUp()).toBe(true);
  });
});
