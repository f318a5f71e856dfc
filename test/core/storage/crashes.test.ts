// A store that is used and that crashes at any commit, between two steps of folding too.

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { seeded } from "../../support/arbitraries.ts";
import { expectCut, lives, runLives, smallSettings } from "../../support/store-run.ts";

test("[SR2] [SR4] a store that crashes has exactly what was durable, folded or not, and pages as they should be", () => {
  let [cut, folded, within] = [0, 0, 0];
  const property = fc.property(lives, smallSettings, (all, options) => {
    const { rows, crashesWithin } = runLives(all, options);
    expectCut(rows, options.storage.pageBytes);
    if (rows.firstAbove("") !== undefined) cut++;
    if ((rows.readLog().at(-1)?.folded ?? 0) > 0) folded++;
    within += crashesWithin;
  });
  fc.assert(property, seeded);
  // The runs do what they are meant to try.
  const counts = { cut, folded, within };
  expect(Object.values(counts).every((count) => count > 50) ? "enough" : counts).toBe("enough");
});
