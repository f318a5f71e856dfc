// The rows of the report store in a Durable Object's SQLite.
//
// Facts, 2026-11-27 (workerd 1.20261117): a row that is deleted is billed as one that is written, and an upsert is one row, whether it
// inserts or not. `DROP TABLE` is none, and takes 0.1 s for three million rows. `setAlarm` inside `transactionSync` rolls
// back with it. SQLite compares TEXT byte by byte, which the order of clients needs.

import type { CommitRow, EarlierTable, PageRow, Rows } from "../../core/storage/rows.ts";
import { reportOfRow } from "../../core/storage/records.ts";
import type { NumberedReport } from "../../core/store/report-store.ts";
import type { Writes } from "./writes.ts";

const READ_LOG = `
  SELECT slot, number, folded, last_seq, clients, facts, reports FROM log
    WHERE number > (SELECT folded FROM log ORDER BY number DESC LIMIT 1) ORDER BY number`;

const PUT_COMMIT = `
  INSERT INTO log (slot, number, folded, last_seq, clients, facts, reports) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (slot) DO UPDATE SET number = excluded.number, folded = excluded.folded, last_seq = excluded.last_seq,
      clients = excluded.clients, facts = excluded.facts, reports = excluded.reports`;

const PAGE_OF = "SELECT first, records FROM pages WHERE first <= ? ORDER BY first DESC LIMIT 1";

const FIRST_ABOVE = "SELECT first FROM pages WHERE first > ? ORDER BY first LIMIT 1";

const PUT_PAGE = `
  INSERT INTO pages (first, records) VALUES (?, ?) ON CONFLICT (first) DO UPDATE SET records = excluded.records`;

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
  #isTransacting = false;
  #written = 0;

  /** The tables are of today's layout: `migrate` comes first. */
  constructor(storage: DurableObjectStorage, writes: Writes) {
    this.#storage = storage;
    this.#writes = writes;
    this.#sql = storage.sql;
    this.#earlier = this.#findEarlier();
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
    const [earlier, movedTo, written] = [this.#earlier, this.#movedTo, this.#written];
    this.#isTransacting = true;
    try {
      this.#writes.commit(body);
    } catch (error) {
      [this.#earlier, this.#movedTo, this.#written] = [earlier, movedTo, written];
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
    const [row] = [...this.#sql.exec(PAGE_OF, client).raw<[string, string]>()];
    return row && { first: row[0], records: row[1] };
  }

  firstAbove(client: string): string | undefined {
    return [...this.#sql.exec(FIRST_ABOVE, client).raw<[string]>()][0]?.[0];
  }

  putPage({ first, records }: PageRow): void {
    this.#write(PUT_PAGE, first, records);
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
