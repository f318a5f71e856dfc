// The day's requests to providers of places, counted in the storage of a server.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { SqlRequestBudget } from "../../../src/worker/storage/sql-request-budget.ts";
import { Writes } from "../../../src/worker/storage/writes.ts";

function onStorage(body: (sql: SqlStorage, writes: Writes) => void | Promise<void>): Promise<void> {
  return runInDurableObject(env.HERD_SERVER.getByName("Powell"), async (_, { storage }) => {
    storage.sql.exec("DELETE FROM places_requests");
    await body(storage.sql, new Writes(storage, "a test"));
  });
}

describe("the day's requests", () => {
  test("[WA6] may all be spent, and no more", () =>
    onStorage((sql, writes) => {
      const budget = new SqlRequestBudget(sql, writes, 3);
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
    onStorage((sql, writes) => {
      new SqlRequestBudget(sql, writes, 2).spend();
      const restarted = new SqlRequestBudget(sql, writes, 2);
      expect(restarted.spent).toBe(1);
      expect([restarted.spend(), restarted.spend()]).toEqual([true, false]);
    }));

  test("[WA6] are there again on the next day, which begins at 00:00 UTC", () =>
    onStorage((sql, writes) => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 22, 23, 59, 59, 999) });
      try {
        const budget = new SqlRequestBudget(sql, writes, 1);
        expect([budget.spend(), budget.spend()]).toEqual([true, false]);
        vi.setSystemTime(Date.UTC(2026, 10, 23));
        expect(budget.spent).toBe(0);
        expect([budget.spend(), budget.spend()]).toEqual([true, false]);
      } finally {
        vi.useRealTimers();
      }
    }));

  test("[ST10] are not counted after a write that was refused, and are again after one that worked", () =>
    onStorage(async (sql, writes) => {
      const budget = new SqlRequestBudget(sql, writes, 10);
      sql.exec(`CREATE TRIGGER full BEFORE INSERT ON places_requests
        BEGIN SELECT RAISE(ABORT, 'database or disk is full: SQLITE_FULL'); END`);
      expect(() => budget.spend()).toThrow("database or disk is full");
      expect([budget.isCounting, budget.spend(), budget.spent]).toEqual([false, false, 0]);
      sql.exec("DROP TRIGGER full");
      writes.commit(() => sql.exec("DELETE FROM places_requests"));
      await vi.waitUntil(() => budget.isCounting);
      expect([budget.spend(), budget.spent]).toEqual([true, 1]);
    }));

  test("[WA6] may be none", () =>
    onStorage((sql, writes) => {
      const budget = new SqlRequestBudget(sql, writes, 0);
      expect(budget.spend()).toBe(false);
      expect(budget.spent).toBe(0);
    }));
});
