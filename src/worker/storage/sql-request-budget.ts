// Counts the paid requests of a day in the server's storage. The count stays through hibernation and restarts.
//
// It is one row, written before the request is sent. The platform's output gate holds the fetch until the write is confirmed. A
// clock that is set back by a day gives no second budget. One that was far ahead, and was put right, takes none away: the count
// of a day later than tomorrow is that of a wrong clock. Keeps WA6, LI26 and ST10.

import type { RequestBudget } from "../../places/port/request-budget.ts";
import type { Writes } from "./writes.ts";

const DAY_MILLIS = 86_400_000;

const SPEND = `
  INSERT INTO places_requests (only, day, requests) VALUES (1, ?1, 1)
  ON CONFLICT (only) DO UPDATE SET
    day = CASE WHEN day BETWEEN ?1 AND ?3 THEN day ELSE ?1 END,
    requests = CASE WHEN day BETWEEN ?1 AND ?3 THEN requests + 1 ELSE 1 END
  WHERE day NOT BETWEEN ?1 AND ?3 OR requests < ?2
  RETURNING requests`;

/** Its table is part of the layout: call `migrate` first. */
export class SqlRequestBudget implements RequestBudget {
  readonly daily: number;
  readonly #sql: SqlStorage;
  readonly #writes: Writes;

  constructor(sql: SqlStorage, writes: Writes, daily: number) {
    this.daily = daily;
    this.#sql = sql;
    this.#writes = writes;
  }

  get isCounting(): boolean {
    return this.#writes.refused === undefined;
  }

  get spent(): number {
    const [row] = this.#sql
      .exec<{ requests: number }>("SELECT requests FROM places_requests WHERE day BETWEEN ? AND ?", dayIn(0), dayIn(1))
      .toArray();
    return row?.requests ?? 0;
  }

  spend(): boolean {
    if (this.daily === 0 || !this.isCounting) return false;
    return this.#writes.commit(() => this.#sql.exec(SPEND, dayIn(0), this.daily, dayIn(1)).toArray().length > 0);
  }
}

/** The day so many days from now in UTC, such as 2026-11-22. */
function dayIn(days: number): string {
  return new Date(Date.now() + days * DAY_MILLIS).toISOString().slice(0, 10);
}
