// The day's requests to providers of places, counted in the storage of a server.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { SqlRequestBudget } from "../../../src/worker/storage/sql-request-budget.ts";

function onStorage(body: (sql: SqlStorage) => void): Promise<void> {
  return runInDurableObject(env.HERD_SERVER.getByName("Powell"), (_, { storage }) => {
    storage.sql.exec("DELETE FROM places_requests");
    body(storage.sql);
  });
}

describe("the day's requests", () => {
  test("[WA6] may all be spent, and no more", () =>
    onStorage((sql) => {
      const budget = new SqlRequestBudget(sql, 3);
      expect([budget.spend(), budget.spend(), budget.spend(), budget.spend(), budget.spend()]).toEqual([
        true,
        true,
        true,
        false,
        false,
      ]);
      expect(budget.spent).toBe(3);
    }));

  test("[WA6] stay spent when the server starts again", () =>
    onStorage((sql) => {
      new SqlRequestBudget(sql, 2).spend();
      const restarted = new SqlRequestBudget(sql, 2);
      expect(restarted.spent).toBe(1);
      expect([restarted.spend(), restarted.spend()]).toEqual([true, false]);
    }));

  test("[WA6] are there again on the next day, which begins at 00:00 UTC", () =>
    onStorage((sql) => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 22, 23, 59, 59, 999) });
      try {
        const budget = new SqlRequestBudget(sql, 1);
        expect([budget.spend(), budget.spend()]).toEqual([true, false]);
        vi.setSystemTime(Date.UTC(2026, 10, 23));
        expect(budget.spent).toBe(0);
        expect([budget.spend(), budget.spend()]).toEqual([true, false]);
      } finally {
        vi.useRealTimers();
      }
    }));

  test("[WA6] may be none", () =>
    onStorage((sql) => {
      const budget = new SqlRequestBudget(sql, 0);
      expect(budget.spend()).toBe(false);
      expect(budget.spent).toBe(0);
    }));
});
