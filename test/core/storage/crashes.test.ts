// A store that is used and that crashes at any commit, between two steps of folding too.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { seeded } from "../../support/arbitraries.ts";
import { expectCut, lives, runLives, smallSettings } from "./store-run.ts";

describe("a store that crashes", () => {
  test("[SR2] [SR4] has exactly what was durable, folded or not, and pages as they should be", () => {
    const property = fc.property(lives, smallSettings, (all, options) => {
      const { rows } = runLives(all, options);
      expectCut(rows, options.storage.pageBytes);
    });
    fc.assert(property, seeded);
  });

  test("[SR2] the runs do fold, into several pages, and crash within a round", () => {
    let [pages, folded, within] = [0, 0, 0];
    const property = fc.property(lives, smallSettings, (all, options) => {
      const { rows } = runLives(all, options);
      const log = rows.readLog();
      if (rows.firstAbove("") !== undefined) pages++;
      if ((log.at(-1)?.folded ?? 0) > 0) folded++;
      // Pages without a mark that says so: a round was under way.
      if (rows.pageOf("") !== undefined && log.at(-1)?.folded === 0) within++;
    });
    fc.assert(property, seeded);
    expect([pages > 100, folded > 100, within > 20]).toEqual([true, true, true]);
  });
});
