// A store that is used and that crashes at any commit, between two steps of folding too.

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { seeded } from "../../support/arbitraries.ts";
import { expectCut, lives, runLives, smallSettings } from "../../support/store-run.ts";

test("[SR2] [SR4] a store that crashes has exactly what was durable, folded or not, and pages as they should be", () => {
  let [cut, folded, within] = [0, 0, 0];
  const property = fc.property(lives, smallSettings, (all, options) => {
    const { rows } = runLives(all, options);
    expectCut(rows, options.storage.pageBytes);
    const log = rows.readLog();
    if (rows.firstAbove("") !== undefined) cut++;
    if ((log.at(-1)?.folded ?? 0) > 0) folded++;
    // Pages, and no mark that says so: a round was under way.
    if (rows.pageOf("") !== undefined && log.at(-1)?.folded === 0) within++;
  });
  fc.assert(property, seeded);
  // The runs do what they are meant to try.
  expect({ cut: cut > 100, folded: folded > 100, within: within > 0 }, `${within} within`).toEqual({
    cut: true,
    folded: true,
    within: true,
  });
});
