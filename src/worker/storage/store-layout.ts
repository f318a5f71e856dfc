// The layout of all tables of a server, and the steps from older layouts to this one.
//
// The store has the number of its layout. Each step leads from one layout to the next. All steps of a start and the new number
// are one transaction: if the start dies, the next start does all of it. Older code must not write to a store with a newer
// layout. Keeps HD25 and HD26.

import { formatFacts } from "../../core/storage/facts.ts";

// Types, not interfaces: a row has to fit the index signature that `sql.exec` asks of one.
type HeadRow = { epoch: string; ceiling: number; highest: number; clients: number; starts: number };
type NeighbourRow = { name: string; epoch: string; cursor: number; failures: number };

/** Of the log: it is written anew into a table of the same columns. */
export const LOG_COLUMNS = `
  slot INTEGER PRIMARY KEY, number INTEGER NOT NULL, folded INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  clients INTEGER NOT NULL, facts TEXT, reports TEXT NOT NULL`;

/** A step that SQL alone cannot take is a function. */
type Step = string | ((sql: SqlStorage) => void);

/** From nothing to layout 1, from 1 to 2, and so on. A released step is never edited: a change is a new step. */
const STEPS: readonly Step[] = [
  `CREATE TABLE reports (
     client TEXT PRIMARY KEY, time TEXT NOT NULL, line TEXT NOT NULL, seq INTEGER NOT NULL, moves INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE head (
     layout INTEGER PRIMARY KEY, epoch TEXT NOT NULL, ceiling INTEGER NOT NULL, highest INTEGER NOT NULL,
     clients INTEGER NOT NULL, starts INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE neighbours (
     name TEXT PRIMARY KEY, epoch TEXT NOT NULL, cursor INTEGER NOT NULL, failures INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // The store has whether the server is out of service. The number of the layout moves from the key of `head`, where it could not
  // change, to a table of its own.
  `CREATE TABLE head_2 (
     only INTEGER PRIMARY KEY CHECK (only = 1), epoch TEXT NOT NULL, ceiling INTEGER NOT NULL, highest INTEGER NOT NULL,
     clients INTEGER NOT NULL, starts INTEGER NOT NULL
   ) STRICT;
   INSERT INTO head_2 SELECT 1, epoch, ceiling, highest, clients, starts FROM head;
   DROP TABLE head;
   ALTER TABLE head_2 RENAME TO head;
   CREATE TABLE service (only INTEGER PRIMARY KEY CHECK (only = 1), is_down INTEGER NOT NULL) STRICT;
   CREATE TABLE layout (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL) STRICT;
   INSERT INTO layout VALUES (1, 2);`,
  // The table of the day's paid requests was made outside these steps before: a store of layout 2 may have it.
  `CREATE TABLE IF NOT EXISTS places_requests (
     only INTEGER PRIMARY KEY CHECK (only = 1), day TEXT NOT NULL, requests INTEGER NOT NULL
   ) STRICT;`,
  // Servers of earlier versions may hold different reports of equal time (RP11). A new epoch makes every neighbour take everything
  // of this server once more, and without rows of its neighbours this server takes everything of theirs.
  `DELETE FROM neighbours;
   UPDATE head SET epoch = lower(hex(randomblob(8)));`,
  // A commit becomes a row of a log, and the table of reports one of pages. The reports are moved later, in small steps.
  toLogAndPages,
  // Pages may be in the middle of being written anew (ER4). An earlier version would not see those that are. The tables for that are made when it
  // begins: one that is made here would have a page of the file that may have held reports.
  () => undefined,
];

/** Brings the tables to the layout of this version. Throws if they have a newer one. */
export function migrate(storage: DurableObjectStorage): void {
  const { sql } = storage;
  const found = layoutOf(sql);
  if (found > STEPS.length)
    throw new Error(
      `Cannot use a store of layout ${found}: this version knows layouts up to ${STEPS.length}. ` +
        "A newer version wrote it: deploy that version again, or restore a backup from before it",
    );
  if (found === STEPS.length) return;
  storage.transactionSync(() => {
    for (const step of STEPS.slice(found)) {
      if (typeof step === "string") sql.exec(step);
      else step(sql);
    }
    sql.exec("UPDATE layout SET version = ?", STEPS.length);
  });
}

function toLogAndPages(sql: SqlStorage): void {
  const [head] = sql.exec<HeadRow>("SELECT epoch, ceiling, highest, clients, starts FROM head").toArray();
  const neighbours = sql.exec<NeighbourRow>("SELECT name, epoch, cursor, failures FROM neighbours").toArray();
  const [service] = sql.exec<{ is_down: number }>("SELECT is_down FROM service").toArray();
  const [report] = sql.exec("SELECT client FROM reports LIMIT 1").toArray();
  sql.exec(`
    DROP TABLE head;
    DROP TABLE neighbours;
    DROP TABLE service;
    CREATE TABLE log (${LOG_COLUMNS}) STRICT;
    CREATE TABLE pages (first TEXT PRIMARY KEY, records TEXT NOT NULL) STRICT;
    CREATE TABLE moving (only INTEGER PRIMARY KEY CHECK (only = 1), moved_to TEXT) STRICT;`);
  if (report === undefined) sql.exec("DROP TABLE reports");
  else sql.exec("INSERT INTO moving VALUES (1, NULL)");
  if (head === undefined) return;
  const { epoch, ceiling: reservedSeq, highest, clients, starts } = head;
  const facts = formatFacts({
    head: { epoch, reservedSeq, alarmSeq: 0, starts },
    isDrained: service?.is_down === 1,
    // The version of that layout did not understand that a client is forgotten: everything is taken once more.
    neighbours: new Map(neighbours.map(({ name, ...neighbour }) => [name, { ...neighbour, cursor: 0 }])),
  });
  sql.exec("INSERT INTO log VALUES (1, 1, 0, ?, ?, ?, '')", highest, clients, facts);
}

/** 0 if there are no tables. */
function layoutOf(sql: SqlStorage): number {
  const found = sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('layout', 'head')")
    .toArray();
  const tables = new Set(found.map(({ name }) => name));
  if (tables.has("layout")) return sql.exec<{ version: number }>("SELECT version FROM layout").one().version;
  return tables.has("head") ? 1 : 0;
}
