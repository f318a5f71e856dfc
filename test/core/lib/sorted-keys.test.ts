// Sorted keys against an array that is sorted by bytes after each change.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { SortedKeys } from "../../../src/core/lib/sorted-keys.ts";
import { seeded } from "../../support/arbitraries.ts";

/** In the order of UTF-8. By units of UTF-16, the two last ones would come before U+E000 and U+FFFF. */
const CHARACTERS = ["\0", "a", "b", "\u00a0", "é", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"];

const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

function expectSame(keys: SortedKeys, sorted: readonly string[], probe: string): void {
  expect(keys.size).toBe(sorted.length);
  expect([...keys.above(probe)]).toEqual(sorted.filter((key) => byBytes(key, probe) > 0));
  expect(keys.atOrBelow(probe)).toBe(sorted.findLast((key) => byBytes(key, probe) <= 0));
}

describe("sorted keys", () => {
  test("[SR3] are in the order of their bytes, whatever is added and deleted", () => {
    const key = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 4 }).map((parts) => parts.join(""));
    const change = fc.record({ key, isAdded: fc.boolean(), probe: key });
    const property = fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const [keys, model] = [new SortedKeys(), new Set<string>()];
      for (const { key: changed, isAdded, probe } of changes) {
        if (isAdded) keys.add(changed);
        else keys.delete(changed);
        if (isAdded) model.add(changed);
        else model.delete(changed);
        expectSame(keys, [...model].toSorted(byBytes), probe);
      }
    });
    fc.assert(property, seeded);
  });

  test.each(["ascending", "descending", "mixed"] as const)("[SR3] thousands that come %s stay in order", (order) => {
    const ascending = Array.from({ length: 10_000 }, (_, index) => {
      const text = String(index).padStart(4, "0");
      return Array.from(text, (digit) => CHARACTERS[Number(digit)]).join("");
    });
    // 7919 has no divisor in common with 10,000, so each comes once.
    const mixed = ascending.map((_, index) => ascending[(index * 7919) % ascending.length] ?? "");
    const coming = { ascending, descending: ascending.toReversed(), mixed }[order];
    const keys = new SortedKeys();
    for (const key of coming) keys.add(key);
    for (const key of coming.slice(0, 1000)) keys.add(key);
    const sorted = ascending.toSorted(byBytes);
    const probes = ["", ...sorted.filter((_, index) => index % 499 === 0), `${sorted.at(-1)}\u{10ffff}`];
    for (const probe of probes) expectSame(keys, sorted, probe);
    // Whole lists go, and the last key of all.
    const gone = new Set(sorted.filter((_, index) => index % 10_000 > 3000 && index % 7 !== 0));
    for (const key of gone) keys.delete(key);
    for (const key of gone) keys.delete(key);
    const left = sorted.filter((key) => !gone.has(key));
    for (const probe of probes) expectSame(keys, left, probe);
    for (const key of left) keys.delete(key);
    expectSame(keys, [], "");
    keys.add("a");
    expectSame(keys, ["a"], "");
  });
});
