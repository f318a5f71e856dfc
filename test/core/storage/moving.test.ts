// The table of an earlier layout, whose reports are moved into pages while new ones come.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { PagedReportStore } from "../../../src/core/storage/paged-report-store.ts";
import { seeded } from "../../support/arbitraries.ts";
import { MemoryRows } from "../../support/memory-rows.ts";
import { numbered, rowsOf, scanAll } from "../../support/reports.ts";
import { CLIENTS, expectCut, lives, pagesOf, runLives, smallSettings } from "../../support/store-run.ts";

const OPTIONS = {
  storage: {
    logBytes: 1000,
    logCommits: 100,
    logIdleBytes: 100,
    eraseSeconds: 3600,
    foldSeconds: 2,
    foldPages: 1,
    pageBytes: 400,
  },
  peers: { idleSeconds: 1, scanReports: 7 },
  limits: { storageBytes: 1_000_000 },
};

function opened(rows: MemoryRows, { storageBytes = 1_000_000 } = {}) {
  return new PagedReportStore(rows, { ...OPTIONS, limits: { storageBytes } });
}

function rowsWith(count: number): MemoryRows {
  const rows = new MemoryRows();
  rows.bringEarlier(rowsOf(count));
  return rows;
}

/** Moves all that is left. Returns how many steps that took. */
function moveAll(store: PagedReportStore, fromMillis = 0): number {
  let steps = 0;
  for (let millis = fromMillis; store.isMoving; millis = store.nextUpkeepMillis) {
    store.keepUp(millis);
    steps++;
    expect(steps).toBeLessThan(1000);
  }
  return steps;
}

describe("a table of an earlier layout", () => {
  const earlier = fc
    .uniqueArray(fc.record({ client: fc.constantFrom(...CLIENTS), time: fc.integer({ min: 1, max: 9 }) }), {
      selector: ({ client }) => client,
      minLength: 1,
    })
    .map((reports) => reports.map(({ client, time }, index) => numbered(1_000_000 + index, client, String(time))));

  test("[HD63] [SR2] loses nothing while it is moved and the server crashes at any commit; of each client the newer one counts", () => {
    let [moved, moving] = [0, 0];
    const property = fc.property(lives, smallSettings, earlier, (all, options, reports) => {
      const { rows, model } = runLives(all, options, reports);
      if (rows.earlier === undefined) moved++;
      else if (rows.earlier.movedTo !== undefined) moving++;
      const store = new PagedReportStore(rows, options);
      moveAll(store);
      expect(scanAll(store, 3)).toEqual(model.inOrder);
      expect(scanAll(new PagedReportStore(rows, options), 1000)).toEqual(model.inOrder);
      expectCut(rows, options.storage.pageBytes);
    });
    fc.assert(property, seeded);
    expect([moved > 50, moving > 50]).toEqual([true, true]);
  });

  test("[HD63] is moved in steps of so many reports, each when it is due, and is then gone", () => {
    const rows = rowsWith(100);
    const store = opened(rows);
    expect([store.isMoving, store.nextUpkeepMillis]).toEqual([true, 0]);
    store.keepUp(5);
    expect(rows.earlier?.movedTo).toBe("client-00006");
    expect(pagesOf(rows).flat()).toHaveLength(7);
    expect(store.nextUpkeepMillis).toBeGreaterThan(5);
    store.keepUp(store.nextUpkeepMillis - 1);
    expect(pagesOf(rows).flat()).toHaveLength(7);
    // 15 steps are reports, and one finds that there are no more.
    expect(moveAll(store, store.nextUpkeepMillis)).toBe(15);
    expect([store.isMoving, rows.earlier, store.nextUpkeepMillis]).toEqual([false, undefined, Infinity]);
    expect(scanAll(store, 9)).toEqual(rowsOf(100));
  });

  test("[HD63] goes on from the last step", () => {
    const rows = rowsWith(100);
    opened(rows).keepUp(0);
    const next = opened(rows);
    next.keepUp(0);
    expect(rows.earlier?.movedTo).toBe("client-00013");
    expect(scanAll(next, 9)).toEqual(rowsOf(100));
  });

  test("[HD63] stays as it is where there is room, and is deleted step by step where there is little", () => {
    for (const [storageBytes, left] of [
      [1_000_000, 100],
      [5000, 93],
    ] as const) {
      const rows = rowsWith(100);
      const store = opened(rows, { storageBytes });
      store.keepUp(0);
      expect(rows.earlier?.above("", 1000)).toHaveLength(left);
      expect(scanAll(store, 9)).toEqual(rowsOf(100));
    }
  });

  test("[HD63] a page that has a newer report keeps it when the older one is moved", () => {
    const rows = rowsWith(20);
    const store = opened(rows);
    store.keep([numbered(100, "client-00003", "2")]);
    // Folded before it is moved.
    const folding = new PagedReportStore(rows, { ...OPTIONS, storage: { ...OPTIONS.storage, logCommits: 1 } });
    rows.transact(() => undefined);
    folding.keepUp(0);
    const next = opened(rows);
    moveAll(next);
    expect(scanAll(next, 50)).toEqual(
      rowsOf(20).map((row) => (row.report.client === "client-00003" ? numbered(100, "client-00003", "2") : row)),
    );
  });

  test("[HD63] the guard judges by reports that are not moved yet, and a client of them is not new", () => {
    const store = opened(rowsWith(20));
    expect(store.keep([numbered(100, "client-00019", "1"), numbered(101, "client-00018", "2")])).toEqual({
      kept: new Set([101]),
      added: new Set(),
    });
  });
});
