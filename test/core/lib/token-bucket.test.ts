// The laws of a token bucket, for any times at which it is asked.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBucket } from "../../../src/core/lib/token-bucket.ts";
import { seeded } from "../../support/arbitraries.ts";

const bucketOf = { perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 50 }) };
/** From one taking to the next; time may run backwards. */
const steps = fc.array(fc.integer({ min: -200, max: 2000 }), { maxLength: 300 });

/** Takes at each step; gives the times at which there was a token. */
function taken(bucket: TokenBucket, stepsMillis: readonly number[]): number[] {
  let nowMillis = 0;
  return stepsMillis.flatMap((step) => {
    nowMillis = Math.max(0, nowMillis + step);
    return bucket.take(nowMillis) ? [nowMillis] : [];
  });
}

test("[LI2] gives at most its burst and its rate in any stretch of time", () => {
  fc.assert(
    fc.property(fc.record(bucketOf), steps, ({ perSecond, burst }, moves) => {
      // A clock that goes back gives nothing, so the time that counts is the latest one seen.
      let latest = 0;
      const times = taken(new TokenBucket(perSecond, burst, 0), moves).map((time) => (latest = Math.max(latest, time)));
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

test("[LI3] is full again after its burst's time, and not before", () => {
  const bucket = new TokenBucket(2, 10, 0);
  for (let n = 0; n < 10; n++) bucket.take(0);
  expect([bucket.isFull(4999), bucket.isFull(5000)]).toEqual([false, true]);
});
