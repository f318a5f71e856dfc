// The report store on a Durable Object's SQLite.
//
// Each client has one small row. The primary key is the only index, because each index adds to the time and the price of an
// upsert. One statement writes many rows. They are one parameter, as JSON: measured, that is faster than bound parameters,
// and a statement may have a hundred of these. The guard is the WHERE of the upsert, and needs no read. SQLite compares TEXT
// byte by byte, which the order key of a time and the order of lines need. Fact, 2026-11-22: `setAlarm` inside `transactionSync` rolls back with it.
// Keeps RP6, RP7, RP11 and CU1.

import { RecentMap } from "../../core/lib/recent-map.ts";
import type { Writes } from "./writes.ts";
import type {
  NumberedReport,
  OfferedReport,
  ReportStore,
  ScanStep,
  StoredNeighbour,
  StoreHead,
} from "../../core/store/report-store.ts";

/**
 * Rows in one statement at most. As JSON, the longest client and line take 3.3 KB, in the characters that take most. A
 * parameter may have 2 MB.
 */
const STATEMENT_ROWS_MAX = 500;

/** With ids of 40 characters, they take 3 MB. */
const REMEMBERED_ROWS = 16_384;

/**
 * `moves` of a row that an AT would insert: an IAMAT has 0. The guard can see this of what is offered, and nothing else that is
 * no column. A row that was never moved has one of the two.
 */
const MOVES_OF_AT = -1;

const GUARD = `
  ON CONFLICT (client) DO UPDATE
    SET time = excluded.time, line = excluded.line, seq = excluded.seq, moves = max(moves, 0) + 1
    WHERE excluded.time > time
      OR (excluded.moves = ${MOVES_OF_AT} AND excluded.time = time AND excluded.line > line)`;

const KEEP_ONE = `INSERT INTO reports (client, time, line, seq, moves) VALUES (?, ?, ?, ?, ?) ${GUARD} RETURNING moves`;

/** Any number of rows, each an array of client, time, line, seq and moves. The text never changes, and stays prepared. */
const KEEP = `
  INSERT INTO reports (client, time, line, seq, moves)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true ${GUARD}`;

/** The rows of a statement that the guard let through. */
const KEPT = "SELECT seq FROM json_each(?) JOIN reports ON client = value ->> 0 AND seq = value ->> 3";

const SCAN = "SELECT client, time, line, seq FROM reports WHERE client > ? ORDER BY client LIMIT ?";

// Types, not interfaces: a row has to fit the index signature that `sql.exec` asks of one.
type ReportRow = { client: string; time: string; line: string };
type HeadRow = { epoch: string; ceiling: number; highest: number; clients: number; starts: number };
type NeighbourRow = { name: string; epoch: string; cursor: number; failures: number };

export class SqlReportStore implements ReportStore {
  readonly #storage: DurableObjectStorage;
  readonly #writes: Writes;
  readonly #sql: SqlStorage;
  /** Clients that have a row: a write for one need not ask whether its row is new. A forgotten client costs only the question. */
  readonly #stored = new RecentMap<true>(REMEMBERED_ROWS);
  #rowsWritten = 0;

  /** The tables are of today's layout: `migrate` comes first. */
  constructor(storage: DurableObjectStorage, writes: Writes) {
    this.#storage = storage;
    this.#writes = writes;
    this.#sql = storage.sql;
  }

  /** Rows as they are billed, since this object started. */
  get rowsWritten(): number {
    return this.#rowsWritten;
  }

  sizeBytes(): number {
    return this.#sql.databaseSize;
  }

  transact(body: () => void): void {
    try {
      this.#writes.commit(body);
    } catch (error) {
      this.#stored.clear();
      throw error;
    }
  }

  read(client: string): NumberedReport["report"] | undefined {
    const rows = this.#sql.exec<ReportRow>("SELECT client, time, line FROM reports WHERE client = ?", client);
    const [row] = rows.toArray();
    return row && { client, timeKey: row.time, line: row.line };
  }

  keep(batch: readonly OfferedReport[]): { kept: Set<number>; added: Set<number> } {
    const kept = new Set<number>();
    const added = new Set<number>();
    for (let from = 0; from < batch.length; from += STATEMENT_ROWS_MAX)
      this.#keepSome(batch.slice(from, from + STATEMENT_ROWS_MAX), kept, added);
    return { kept, added };
  }

  /** Keeps the rows of one statement. Puts their numbers into `kept`, and those of new clients into `added`. */
  #keepSome(batch: readonly OfferedReport[], kept: Set<number>, added: Set<number>): void {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return this.#keepOne(only, kept, added);
    const rows = JSON.stringify(batch.map(rowOf));
    // If all clients have rows, the count of changed rows is enough. RETURNING would cost a fifth of the whole.
    if (batch.every(({ report }) => this.#stored.get(report.client) === true)) {
      this.#write(KEEP, rows);
      const isEachKept = this.#sql.exec("SELECT changes()").raw<[number]>().next().value?.[0] === batch.length;
      if (isEachKept) for (const { seq } of batch) kept.add(seq);
      else for (const [seq] of this.#sql.exec(KEPT, rows).raw<[number]>()) kept.add(seq);
      return;
    }
    const cursor = this.#sql.exec(`${KEEP} RETURNING seq, moves`, rows);
    for (const [seq, moves] of cursor.raw<[number, number]>()) {
      kept.add(seq);
      if (moves <= 0) added.add(seq);
    }
    this.#rowsWritten += cursor.rowsWritten;
    for (const { report } of batch) this.#stored.set(report.client, true);
  }

  /** A single report needs no JSON. That is an eighth faster for a client that waits for each answer. */
  #keepOne(offered: OfferedReport, kept: Set<number>, added: Set<number>): void {
    const cursor = this.#sql.exec(KEEP_ONE, ...rowOf(offered));
    const [row] = cursor.raw<[number]>();
    this.#rowsWritten += cursor.rowsWritten;
    if (row === undefined) return;
    kept.add(offered.seq);
    if (row[0] <= 0) added.add(offered.seq);
  }

  scan(afterClient: string | undefined, count: number): ScanStep {
    const found = this.#sql.exec(SCAN, afterClient ?? "", count).raw<[string, string, string, number]>();
    const rows = Array.from(found, ([client, timeKey, line, seq]) => ({ seq, report: { client, timeKey, line } }));
    return { rows, isLast: rows.length < count };
  }

  readHead(): StoreHead | undefined {
    const [row] = this.#sql.exec<HeadRow>("SELECT epoch, ceiling, highest, clients, starts FROM head").toArray();
    if (row === undefined) return undefined;
    const { epoch, ceiling: reservedSeq, highest: lastSeq, clients, starts } = row;
    return { epoch, reservedSeq, lastSeq, clients, starts };
  }

  writeHead({ epoch, reservedSeq, lastSeq, clients, starts }: StoreHead): void {
    this.#write(
      "INSERT OR REPLACE INTO head (only, epoch, ceiling, highest, clients, starts) VALUES (1, ?, ?, ?, ?, ?)",
      epoch,
      reservedSeq,
      lastSeq,
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

  readIsDrained(): boolean {
    const [row] = this.#sql.exec<{ is_down: number }>("SELECT is_down FROM service").toArray();
    return row?.is_down === 1;
  }

  writeIsDrained(isDrained: boolean): void {
    this.#write("INSERT OR REPLACE INTO service (only, is_down) VALUES (1, ?)", isDrained ? 1 : 0);
  }

  wakeAt(millis: number | undefined): void {
    this.#rowsWritten++;
    // This takes effect in this transaction. The promise only confirms it, and the output gate waits for that.
    if (millis === undefined) void this.#storage.deleteAlarm();
    else void this.#storage.setAlarm(millis);
  }

  #write(statement: string, ...values: readonly (string | number)[]): void {
    this.#rowsWritten += this.#sql.exec(statement, ...values).rowsWritten;
  }
}

function rowOf({ seq, report, isFlooded = false }: OfferedReport): readonly (string | number)[] {
  return [report.client, report.timeKey, report.line, seq, isFlooded ? MOVES_OF_AT : 0];
}
