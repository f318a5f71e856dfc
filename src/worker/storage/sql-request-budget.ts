// The day's paid requests, counted in the server's own storage: hibernation and restarts do not give them back.
//
// One row, written before the request is sent: the platform's output gate holds the fetch until the write is confirmed.
// Keeps WA6.

import type { RequestBudget } from "../../places/port/request-budget.ts";

const SPEND = `
  INSERT INTO places_requests (only, day, requests) VALUES (1, ?1, 1)
  ON CONFLICT (only) DO UPDATE SET day = ?1, requests = CASE WHEN day = ?1 THEN requests + 1 ELSE 1 END
  WHERE day <> ?1 OR requests < ?2
  RETURNING requests`;

/** Its table is in the layout: `migrate` comes first. */
export class SqlRequestBudget implements RequestBudget {
  readonly daily: number;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage, daily: number) {
    this.daily = daily;
    this.#sql = sql;
  }

  get spent(): number {
    const [row] = this.#sql
      .exec<{ requests: number }>("SELECT requests FROM places_requests WHERE day = ?", today())
      .toArray();
    return row?.requests ?? 0;
  }

  spend(): boolean {
    return this.daily > 0 && this.#sql.exec(SPEND, today(), this.daily).toArray().length > 0;
  }
}

/** The day in UTC, such as 2026-11-22. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}
