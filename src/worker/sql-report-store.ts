// The report store on a Durable Object's SQLite.
//
// Lean rows, many a statement: one row a client, the primary key its only index, since an upsert's cost and its bill both
// grow with every index. A batch is one parameter, as JSON: measured, that beats bound parameters, of which a
// statement may have a hundred. The guard is the WHERE of the upsert, so a report costs no read. SQLite compares TEXT byte by
// byte, as the order key of a time asks. Fact, 2026-11-22: `setAlarm` inside
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
  CREATE TABLE IF NOT EXISTS service (
    only INTEGER PRIMARY KEY CHECK (only = 1), is_down INTEGER NOT NULL
  ) STRICT;
`;

/**
 * Rows in one statement at most. As JSON, the longest client and line in the dearest characters take 3.3 KB, and a
 * parameter may have 2 MB.
 */
const STATEMENT_ROWS_MAX = 500;

/** Any number of rows in a statement of one shape, so that it stays prepared: each an array of client, time, line, seq. */
const UPSERT = `
  INSERT INTO reports (client, time, line, seq, moves)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, 0 FROM json_each(?) WHERE true
  ON CONFLICT (client) DO UPDATE
    SET time = excluded.time, line = excluded.line, seq = excluded.seq, moves = moves + 1
    WHERE excluded.time > time
  RETURNING seq, moves`;

// Types, not interfaces: a row has to fit the index signature that `sql.exec` asks of one.
type ReportRow = { client: string; time: string; line: string; seq: number };
type HeadRow = { layout: number; epoch: string; ceiling: number; highest: number; clients: number; starts: number };
type NeighbourRow = { name: string; epoch: string; cursor: number; failures: number };

export class SqlReportStore implements ReportStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  #rowsWritten = 0;

  /** Throws if the tables are of a layout that this code does not know. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#sql.exec(SCHEMA);
    const [found] = this.#sql.exec<{ layout: number }>("SELECT layout FROM head").toArray();
    if (found !== undefined && found.layout !== LAYOUT)
      throw new Error(`Cannot use a store of layout ${found.layout}: this version knows layout ${LAYOUT}`);
  }

  /** As they are billed, since this object was made. */
  get rowsWritten(): number {
    return this.#rowsWritten;
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
    for (let from = 0; from < batch.length; from += STATEMENT_ROWS_MAX) {
      const rows = batch.slice(from, from + STATEMENT_ROWS_MAX).map(rowOf);
      const cursor = this.#sql.exec(UPSERT, JSON.stringify(rows));
      for (const [seq, moves] of cursor.raw<[number, number]>()) {
        kept.add(seq);
        if (moves === 0) added++;
      }
      this.#rowsWritten += cursor.rowsWritten;
    }
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
    this.#write(
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
    this.#write(
      "INSERT OR REPLACE INTO neighbours (name, epoch, cursor, failures) VALUES (?, ?, ?, ?)",
      name,
      epoch,
      cursor,
      failures,
    );
  }

  forgetNeighbour(name: string): void {
    this.#write("DELETE FROM neighbours WHERE name = ?", name);
  }

  readIsDown(): boolean {
    const [row] = this.#sql.exec<{ is_down: number }>("SELECT is_down FROM service").toArray();
    return row?.is_down === 1;
  }

  writeIsDown(isDown: boolean): void {
    this.#write("INSERT OR REPLACE INTO service (only, is_down) VALUES (1, ?)", isDown ? 1 : 0);
  }

  wakeAt(millis: number | undefined): void {
    this.#rowsWritten++;
    // Takes effect in this transaction; the promise says only that it is confirmed, for which the output gate waits.
    if (millis === undefined) void this.#storage.deleteAlarm();
    else void this.#storage.setAlarm(millis);
  }

  #write(statement: string, ...values: readonly (string | number)[]): void {
    this.#rowsWritten += this.#sql.exec(statement, ...values).rowsWritten;
  }
}

function rowOf({ seq, report: { client, timeKey, line } }: NumberedReport): readonly (string | number)[] {
  return [client, timeKey, line, seq];
}

function reportOf({ client, time, line, seq }: ReportRow): NumberedReport {
  return { seq, report: { client, timeKey: time, line } };
}
