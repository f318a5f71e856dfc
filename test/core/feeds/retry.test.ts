// A neighbour that cannot be reached: how often it is tried, and what ends the wait.

import { describe, expect, test } from "vitest";

import { CoreHarness, iamat } from "../../support/core-harness.ts";

/** Lets the dial of Parker fail, and tells how long the server then waits before the next. */
function waitAfterFailure(herd: CoreHarness): number {
  herd.parker.expectDial().breaks("connection refused");
  const failedMillis = herd.nowMillis;
  const dueMillis = herd.statusOf(herd.parker).nextRetryMillis ?? Infinity;
  herd.advance(dueMillis - failedMillis - 1);
  herd.parker.expectNoDial();
  herd.advance(1);
  return dueMillis - failedMillis;
}

describe("a link that fails", () => {
  test("[CU20] is tried again after delays that double, with jitter, up to retrySecondsMax", () => {
    const herd = new CoreHarness();
    const waits = Array.from({ length: 12 }, () => waitAfterFailure(herd));
    const most = [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000];
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual((most[index] ?? 0) / 2);
      expect(wait).toBeLessThanOrEqual(most[index] ?? 0);
    }
    expect(new Set(waits.slice(7)).size).toBe(5);
    expect(herd.statusOf(herd.parker).failures).toBe(12);
  });

  test("[CU20] goes on with its delays in the next life", () => {
    const herd = new CoreHarness();
    for (let failures = 0; failures < 6; failures++) waitAfterFailure(herd);
    herd.parker.expectDial().breaks("connection refused");
    herd.restart();
    expect(herd.statusOf(herd.parker).failures).toBe(7);
    herd.advanceToAlarm();
    expect(waitAfterFailure(herd)).toBeGreaterThanOrEqual(30_000);
  });

  test("[CU20] is not tried more often because reports come", () => {
    const herd = new CoreHarness();
    for (let failures = 0; failures < 6; failures++) waitAfterFailure(herd);
    herd.parker.expectDial().breaks("connection refused");
    const client = herd.client();
    for (let index = 0; index < 10; index++) {
      client.says(iamat(`client-${index}`, 990));
      herd.advance(1000);
      herd.parker.expectNoDial();
    }
  });

  test("[CU20] counts as failing until something is acknowledged, though the dial succeeds", () => {
    const herd = new CoreHarness();
    herd.client().says(iamat("ada", 990));
    for (let failures = 1; failures <= 4; failures++) {
      herd.parker.answersDial(0).breaks("the neighbour starts again");
      expect(herd.statusOf(herd.parker).failures).toBe(failures);
      herd.advanceToRetry(herd.parker);
    }
    herd.parker.answersDial(0).acks(1);
    expect(herd.statusOf(herd.parker).failures).toBe(0);
  });

  test("[CU20] is tried at once, or nearly, when the neighbour dials: the wait is over and delays begin anew", () => {
    const herd = new CoreHarness();
    const { feed, link } = herd.parker.meets();
    feed.breaks();
    herd.client().says(iamat("ada", 990));
    link.breaks("the neighbour is down");
    herd.advanceToRetry(herd.parker);
    for (let failures = 0; failures < 8; failures++) waitAfterFailure(herd);
    herd.parker.expectDial().breaks("connection refused");
    herd.parker.dials().hearsSync(0);
    expect(herd.statusOf(herd.parker).failures).toBe(0);
    herd.advance(500);
    expect(waitAfterFailure(herd)).toBeLessThanOrEqual(500);
  });

  test("[FL3] is tried apart from the others", () => {
    const herd = new CoreHarness();
    const { link } = herd.powell.meets();
    for (let failures = 0; failures < 4; failures++) waitAfterFailure(herd);
    expect(herd.statusOf(herd.powell)).toMatchObject({ failures: 0, isCaughtUp: true });
    link.isClosedWith(1000, "idle");
  });
});
