// The rows of the report store in a Durable Object's SQLite.
//
// Facts, 2026-11-27 (workerd 1.20261117): a row that is deleted is billed as one that is written, and an upsert is one row, whether it
// inserts or not. `DROP TABLE` is none, and takes 0.1 s for three million rows. `setAlarm` inside `transactionSync` rolls
// back with it. SQLite compares TEXT byte by byte, which the order of clients needs.
//
// What a row had stays in the file when the row becomes shorter, moves or is deleted, in space that is free: it can neither be vacuumed nor
// deleted securely here. A page of the file that is taken from those that are free begins with zeros, unless it became free in the same commit. So all rows are written into tables of their
// own, and other bytes over what is free then (ER4).

import {
  isRenewed,
  type CommitRow,
  type EarlierTable,
  type PageRow,
  type Renewal,
  type Rows,
} from "../../core/storage/rows.ts";
import { reportOfRow } from "../../core/storage/records.ts";
import type { NumberedReport } from "../../core/store/report-store.ts";
import { LOG_COLUMNS } from "./store-layout.ts";
import type { Writes } from "./writes.ts";

const COMMIT_COLUMNS = "slot, number, folded, last_seq, clients, facts, reports";

const READ_LOG = `
  SELECT ${COMMIT_COLUMNS} FROM log
    WHERE number > (SELECT folded FROM log ORDER BY number DESC LIMIT 1) ORDER BY number`;

const PUT_COMMIT = `
  INSERT INTO log (${COMMIT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (slot) DO UPDATE SET number = excluded.number, folded = excluded.folded, last_seq = excluded.last_seq,
      clients = excluded.clients, facts = excluded.facts, reports = excluded.reports`;

/** The statements of one table of pages. */
function pagesIn(table: string) {
  return {
    pageOf: `SELECT first, records FROM ${table} WHERE first <= ? ORDER BY first DESC LIMIT 1`,
    firstAbove: `SELECT first FROM ${table} WHERE first > ? ORDER BY first LIMIT 1`,
    putPage: `
      INSERT INTO ${table} (first, records) VALUES (?, ?) ON CONFLICT (first) DO UPDATE SET records = excluded.records`,
  };
}

const PAGES = pagesIn("pages");

/** The pages that are written anew, until all are. */
const RENEWED = pagesIn("renewed_pages");

/** Of other bytes each time: SQLite does not write what a page of the file has already. */
const OVERWRITE = `
  INSERT INTO filler (part, bytes) VALUES (?, randomblob(1000000))
    ON CONFLICT (part) DO UPDATE SET bytes = excluded.bytes`;

// A type, not an interface: a row has to fit the index signature that `sql.exec` asks of one.
type LogRow = {
  slot: number;
  number: number;
  folded: number;
  last_seq: number;
  clients: number;
  facts: string | null;
  reports: string;
};

export class SqlRows implements Rows {
  readonly #storage: DurableObjectStorage;
  readonly #writes: Writes;
  readonly #sql: SqlStorage;
  #earlier: EarlierTable | undefined;
  #movedTo: string | undefined;
  #renewal: Renewal | undefined;
  #isTransacting = false;
  #written = 0;

  /** The tables are of today's layout: `migrate` comes first. */
  constructor(storage: DurableObjectStorage, writes: Writes) {
    this.#storage = storage;
    this.#writes = writes;
    this.#sql = storage.sql;
    this.#earlier = this.#findEarlier();
    this.#renewal = this.#findRenewal();
  }

  /** Rows as they are billed, since this object started. */
  get written(): number {
    return this.#written;
  }

  get earlier(): EarlierTable | undefined {
    return this.#earlier;
  }

  sizeBytes(): number {
    return this.#sql.databaseSize;
  }

  transact(body: () => void): void {
    const [earlier, movedTo, renewal, written] = [this.#earlier, this.#movedTo, this.#renewal, this.#written];
    this.#isTransacting = true;
    try {
      this.#writes.commit(body);
    } catch (error) {
      [this.#earlier, this.#movedTo, this.#renewal, this.#written] = [earlier, movedTo, renewal, written];
      throw error;
    } finally {
      this.#isTransacting = false;
    }
  }

  readLog(): CommitRow[] {
    const rows = this.#sql.exec<LogRow>(READ_LOG).toArray();
    return rows.map(({ last_seq: lastSeq, ...row }) => ({ ...row, lastSeq }));
  }

  putCommit({ slot, number, folded, lastSeq, clients, facts, reports }: CommitRow): void {
    this.#write(PUT_COMMIT, slot, number, folded, lastSeq, clients, facts, reports);
  }

  pageOf(client: string): PageRow | undefined {
    const { pageOf } = isRenewed(this.#renewal, client) ? RENEWED : PAGES;
    const [row] = [...this.#sql.exec(pageOf, client).raw<[string, string]>()];
    return row && { first: row[0], records: row[1] };
  }

  firstAbove(client: string): string | undefined {
    const isBelow = isRenewed(this.#renewal, client);
    const { firstAbove } = isBelow ? RENEWED : PAGES;
    const first = [...this.#sql.exec(firstAbove, client).raw<[string]>()][0]?.[0];
    return isBelow ? (first ?? this.#renewal?.from) : first;
  }

  putPage({ first, records }: PageRow): void {
    this.#write((isRenewed(this.#renewal, first) ? RENEWED : PAGES).putPage, first, records);
  }

  get renewal(): Renewal | undefined {
    return this.#renewal;
  }

  beginRenewal(): void {
    this.#write("CREATE TABLE renewed_pages (first TEXT PRIMARY KEY, records TEXT NOT NULL) STRICT");
    this.#write("CREATE TABLE renewing (only INTEGER PRIMARY KEY CHECK (only = 1), from_client TEXT) STRICT");
    this.#write("INSERT INTO renewing VALUES (1, '')");
    this.#renewal = { from: "" };
  }

  renewUpTo(client: string | undefined): void {
    this.#write("UPDATE renewing SET from_client = ?", client ?? null);
    this.#renewal = { from: client };
  }

  freeRenewed(): void {
    const from = this.#renewal?.from;
    if (from === undefined) this.#write("DELETE FROM pages");
    else this.#write("DELETE FROM pages WHERE first < ?", from);
  }

  endRenewal(): void {
    this.#write("DROP TABLE pages");
    this.#write("ALTER TABLE renewed_pages RENAME TO pages");
    this.#write("DROP TABLE renewing");
    this.#renewal = undefined;
  }

  renewLog(): void {
    this.#write(`CREATE TABLE renewed_log (${LOG_COLUMNS}) STRICT`);
    this.#write(`INSERT INTO renewed_log (${COMMIT_COLUMNS}) ${READ_LOG}`);
    this.#write("DROP TABLE log");
    this.#write("ALTER TABLE renewed_log RENAME TO log");
  }

  overwrite(part: number): void {
    this.#write("CREATE TABLE IF NOT EXISTS filler (part INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT");
    this.#write(OVERWRITE, part);
  }

  endOverwriting(): void {
    this.#write("DROP TABLE IF EXISTS filler");
  }

  wakeAt(millis: number | undefined): void {
    this.#commit(() => {
      this.#written++;
      // This takes effect in this transaction. The promise only confirms it, and the output gate waits for that.
      if (millis === undefined) void this.#storage.deleteAlarm();
      else void this.#storage.setAlarm(millis);
    });
  }

  #write(statement: string, ...values: readonly (string | number | null)[]): void {
    this.#commit(() => {
      this.#written += this.#sql.exec(statement, ...values).rowsWritten;
    });
  }

  #commit(write: () => void): void {
    if (this.#isTransacting) write();
    else this.#writes.write(write);
  }

  #findRenewal(): Renewal | undefined {
    const tables = this.#sql.exec("SELECT name FROM sqlite_master WHERE name = 'renewing'").toArray();
    if (tables.length === 0) return undefined;
    const { from_client: from } = this.#sql
      .exec<{ from_client: string | null }>("SELECT from_client FROM renewing")
      .one();
    return { from: from ?? undefined };
  }

  /** The table of layouts up to 4, with a row for each client. */
  #findEarlier(): EarlierTable | undefined {
    const [progress] = this.#sql.exec<{ moved_to: string | null }>("SELECT moved_to FROM moving").toArray();
    if (progress === undefined) return undefined;
    const columns = "client, line, seq";
    const reportsOf = (query: string, ...values: readonly (string | number)[]): NumberedReport[] =>
      Array.from(this.#sql.exec(query, ...values).raw<[string, string, number]>(), ([client, line, seq]) =>
        reportOfRow(client, seq, line),
      );
    this.#movedTo = progress.moved_to ?? undefined;
    const movedTo = () => this.#movedTo;
    return {
      get movedTo() {
        return movedTo();
      },
      read: (client) => reportsOf(`SELECT ${columns} FROM reports WHERE client = ?`, client)[0],
      above: (client, count) =>
        reportsOf(`SELECT ${columns} FROM reports WHERE client > ? ORDER BY client LIMIT ?`, client, count),
      setMovedTo: (client) => {
        this.#write("UPDATE moving SET moved_to = ?", client);
        this.#movedTo = client;
      },
      deleteUpTo: (client) => this.#write("DELETE FROM reports WHERE client <= ?", client),
      drop: () => {
        this.#write("DROP TABLE reports");
        this.#write("DELETE FROM moving");
        this.#earlier = undefined;
      },
    };
  }
}
