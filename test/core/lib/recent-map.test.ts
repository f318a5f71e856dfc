// A map that keeps what was used last, against one that keeps everything.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RecentMap } from "../../../src/core/lib/recent-map.ts";
import { seeded } from "../../support/arbitraries.ts";

const SIZE = 4;

test("[HD61] it never has a wrong value, has the last ones used, and no more than two generations", () => {
  const use = fc.record({ key: fc.integer({ min: 0, max: 20 }), isSet: fc.boolean(), value: fc.integer() });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 200 }), (uses) => {
      const [recent, all] = [new RecentMap<number>(SIZE), new Map<string, number>()];
      const used: string[] = [];
      for (const { key: number, isSet, value } of uses) {
        const key = `key-${number}`;
        const found = recent.get(key);
        if (used.slice(-SIZE).includes(key)) expect(found).toBe(all.get(key));
        else if (found !== undefined) expect(found).toBe(all.get(key));
        if (!isSet && found === undefined) continue;
        if (isSet) {
          recent.set(key, value);
          all.set(key, value);
        }
        used.splice(0, used.length, ...used.filter((other) => other !== key), key);
      }
      const kept = [...all.keys()].filter((key) => recent.get(key) !== undefined);
      expect(kept.length).toBeLessThanOrEqual(2 * SIZE);
      recent.clear();
      for (const key of all.keys()) expect(recent.get(key)).toBeUndefined();
    }),
    seeded,
  );
});
