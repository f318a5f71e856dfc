// The laws of a token bucket, for any times at which it is asked.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBucket } from "../../../src/core/lib/token-bucket.ts";
import { seeded } from "../../support/arbitraries.ts";

const bucketOf = { perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 50 }) };
/** From one taking to the next; time may run backwards. */
const steps = fc.array(fc.integer({ min: -200, max: 2000 }), { maxLength: 300 });

/**
 * Takes at each step; gives the times at which there was a token. The bucket sees a clock that is set back now and then. The
 * times that count are those of a clock that stands still meanwhile.
 */
function taken(bucket: TokenBucket, stepsMillis: readonly number[]): number[] {
  let seenMillis = 0;
  let pastMillis = 0;
  return stepsMillis.flatMap((step) => {
    seenMillis += step;
    pastMillis += Math.max(0, step);
    return bucket.take(seenMillis) ? [pastMillis] : [];
  });
}

test("[LI2] gives at most its burst and its rate in any stretch of time", () => {
  fc.assert(
    fc.property(fc.record(bucketOf), steps, ({ perSecond, burst }, moves) => {
      const times = taken(new TokenBucket(perSecond, burst, 0), moves);
      for (const [first, from] of times.entries())
        for (const [more, to] of times.slice(first).entries())
          expect(more + 1).toBeLessThanOrEqual(burst + ((to - from) * perSecond) / 1000 + 1e-6);
    }),
    seeded,
  );
});

test("[LI2] never refuses a taker that stays within its burst, then within its rate", () => {
  fc.assert(
    fc.property(fc.record(bucketOf), fc.integer({ min: 0, max: 200 }), ({ perSecond, burst }, more) => {
      const bucket = new TokenBucket(perSecond, burst, 0);
      const apart = Math.ceil(1000 / perSecond);
      for (let n = 0; n < burst; n++) expect(bucket.take(0)).toBe(true);
      expect(bucket.take(0)).toBe(false);
      for (let n = 1; n <= more; n++) expect(bucket.take(n * apart)).toBe(true);
    }),
    seeded,
  );
});

test("[LI2] gives a taker that is twice too fast half of what it asks: a refusal takes no tokens", () => {
  const bucket = new TokenBucket(10, 1, 0);
  const times = taken(
    bucket,
    Array.from({ length: 101 }, (_, n) => (n === 0 ? 0 : 50)),
  );
  expect(times).toHaveLength(51);
});

test("[LI26] goes on filling at once when the clock is set back, by however much", () => {
  for (const backMillis of [1, 1000, 86_400_000]) {
    const bucket = new TokenBucket(10, 5, 86_400_000);
    for (let n = 0; n < 5; n++) bucket.take(86_400_000);
    const nowMillis = 86_400_000 - backMillis;
    expect([bucket.take(nowMillis), bucket.waitMillis(nowMillis)]).toEqual([false, 100]);
    expect(bucket.take(nowMillis + 100)).toBe(true);
  }
});

test("[LI23] is in debt after more was spent than it had, and fills from there", () => {
  const bucket = new TokenBucket(10, 5, 0);
  bucket.spend(0, 8);
  expect([bucket.available(0), bucket.waitMillis(0)]).toEqual([-3, 400]);
  expect([bucket.take(399), bucket.take(400)]).toEqual([false, true]);
});

test("[LI3] is full again after its burst's time, and not before", () => {
  const bucket = new TokenBucket(2, 10, 0);
  for (let n = 0; n < 10; n++) bucket.take(0);
  expect([bucket.isFull(4999), bucket.isFull(5000)]).toEqual([false, true]);
});
