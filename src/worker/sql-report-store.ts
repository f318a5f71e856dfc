// The report store on a Durable Object's SQLite.
//
// Lean rows, many a statement: one row a client, the primary key its only index, since an upsert's cost and its bill both
// grow with every index. The guard is the WHERE of the upsert, so a report costs no read. SQLite compares TEXT byte by
// byte, as the order key of a time asks. Facts, 2026-11-22: at most 100 bound parameters a statement; `setAlarm` inside
// `transactionSync` rolls back with it. Keeps RP6, RP7 and CU1.

import type { NumberedReport, ReportStore, ScanStep, StoredNeighbour, StoreHead } from "../core/report-store.ts";

/** The layout of the tables; a store of another one is not touched. */
const LAYOUT = 1;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS reports (
    client TEXT PRIMARY KEY, time TEXT NOT NULL, line TEXT NOT NULL, seq INTEGER NOT NULL, moves INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS head (
    layout INTEGER PRIMARY KEY, epoch TEXT NOT NULL, ceiling INTEGER NOT NULL, highest INTEGER NOT NULL,
    clients INTEGER NOT NULL, starts INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS neighbours (
    name TEXT PRIMARY KEY, epoch TEXT NOT NULL, cursor INTEGER NOT NULL, failures INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Four parameters a row, a hundred a statement. */
const ROWS_PER_STATEMENT = 25;

function upsert(rows: number): string {
  const values = Array.from({ length: rows }, () => "(?, ?, ?, ?, 0)").join(", ");
  return `INSERT INTO reports (client, time, line, seq, moves) VALUES ${values}
    ON CONFLICT (client) DO UPDATE
      SET time = excluded.time, line = excluded.line, seq = excluded.seq, moves = moves + 1
      WHERE excluded.time > time
    RETURNING seq, moves`;
}

const UPSERT_MANY = upsert(ROWS_PER_STATEMENT);
const UPSERT_ONE = upsert(1);

// Types, not interfaces: a row has to fit the index signature that `sql.exec` asks of one.
type ReportRow = { client: string; time: string; line: string; seq: number };
type HeadRow = { layout: number; epoch: string; ceiling: number; highest: number; clients: number; starts: number };
type NeighbourRow = { name: string; epoch: string; cursor: number; failures: number };

export class SqlReportStore implements ReportStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;

  /** Throws if the tables are of a layout that this code does not know. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#sql.exec(SCHEMA);
    const [found] = this.#sql.exec<{ layout: number }>("SELECT layout FROM head").toArray();
    if (found !== undefined && found.layout !== LAYOUT)
      throw new Error(`Cannot use a store of layout ${found.layout}: this version knows layout ${LAYOUT}`);
  }

  transact(body: () => void): void {
    this.#storage.transactionSync(body);
  }

  read(client: string): NumberedReport["report"] | undefined {
    const rows = this.#sql.exec<ReportRow>("SELECT client, time, line, seq FROM reports WHERE client = ?", client);
    const [row] = rows.toArray();
    return row && reportOf(row).report;
  }

  keep(batch: readonly NumberedReport[]): { kept: Set<number>; added: number } {
    const kept = new Set<number>();
    let added = 0;
    const run = (statement: string, rows: readonly NumberedReport[]) => {
      const values = rows.flatMap(({ seq, report }) => [report.client, report.timeKey, report.line, seq]);
      for (const { seq, moves } of this.#sql.exec<{ seq: number; moves: number }>(statement, ...values)) {
        kept.add(seq);
        if (moves === 0) added++;
      }
    };
    const many = batch.length - (batch.length % ROWS_PER_STATEMENT);
    for (let from = 0; from < many; from += ROWS_PER_STATEMENT)
      run(UPSERT_MANY, batch.slice(from, from + ROWS_PER_STATEMENT));
    for (const one of batch.slice(many)) run(UPSERT_ONE, [one]);
    return { kept, added };
  }

  scan(afterClient: string | undefined, count: number): ScanStep {
    const rows = this.#sql
      .exec<ReportRow>(
        "SELECT client, time, line, seq FROM reports WHERE client > ? ORDER BY client LIMIT ?",
        afterClient ?? "",
        count,
      )
      .toArray();
    return { rows: rows.map(reportOf), isLast: rows.length < count };
  }

  readHead(): StoreHead | undefined {
    const [row] = this.#sql.exec<HeadRow>("SELECT * FROM head").toArray();
    if (row === undefined) return undefined;
    const { layout: _, ...head } = row;
    return head;
  }

  writeHead({ epoch, ceiling, highest, clients, starts }: StoreHead): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO head (layout, epoch, ceiling, highest, clients, starts) VALUES (?, ?, ?, ?, ?, ?)",
      LAYOUT,
      epoch,
      ceiling,
      highest,
      clients,
      starts,
    );
  }

  readNeighbours(): Map<string, StoredNeighbour> {
    const rows = this.#sql.exec<NeighbourRow>("SELECT name, epoch, cursor, failures FROM neighbours").toArray();
    return new Map(rows.map(({ name, ...neighbour }) => [name, neighbour]));
  }

  writeNeighbour(name: string, { epoch, cursor, failures }: StoredNeighbour): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO neighbours (name, epoch, cursor, failures) VALUES (?, ?, ?, ?)",
      name,
      epoch,
      cursor,
      failures,
    );
  }

  forgetNeighbour(name: string): void {
    this.#sql.exec("DELETE FROM neighbours WHERE name = ?", name);
  }

  wakeAt(millis: number | undefined): void {
    // Takes effect in this transaction; the promise says only that it is confirmed, for which the output gate waits.
    if (millis === undefined) void this.#storage.deleteAlarm();
    else void this.#storage.setAlarm(millis);
  }
}

function reportOf({ client, time, line, seq }: ReportRow): NumberedReport {
  return { seq, report: { client, timeKey: time, line } };
}
