// The layout of all tables of a server, and how older ones become today's.
//
// The store says which layout it has. Each step brings it from one to the next, in one transaction with that number, so a
// start that dies on the way begins anew. A store of a newer layout is left alone: older code must not write to it.

/** From nothing to layout 1, from 1 to 2, and so on: never edited once released, only added to. */
const STEPS: readonly string[] = [
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
  // Whether a server is out of service is kept. The layout's number has a table of its own: as the key of the head it could not change without a second head.
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
  // The day's paid requests had a table that came by itself, beside the layouts: stores of layout 2 may have it.
  `CREATE TABLE IF NOT EXISTS places_requests (
     only INTEGER PRIMARY KEY CHECK (only = 1), day TEXT NOT NULL, requests INTEGER NOT NULL
   ) STRICT;`,
];

/** Brings the tables to today's layout. Throws if they are of a newer one. */
export function migrate(storage: DurableObjectStorage): void {
  const { sql } = storage;
  const found = layoutOf(sql);
  if (found > STEPS.length)
    throw new Error(
      `Cannot use a store of layout ${found}: this version knows layouts up to ${STEPS.length}. ` +
        "A newer version wrote it: deploy that one again, or restore a backup from before it",
    );
  if (found === STEPS.length) return;
  storage.transactionSync(() => {
    for (const step of STEPS.slice(found)) sql.exec(step);
    sql.exec("UPDATE layout SET version = ?", STEPS.length);
  });
}

/** 0 where there are no tables. */
function layoutOf(sql: SqlStorage): number {
  const found = sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('layout', 'head')")
    .toArray();
  const tables = new Set(found.map(({ name }) => name));
  if (tables.has("layout")) return sql.exec<{ version: number }>("SELECT version FROM layout").one().version;
  return tables.has("head") ? 1 : 0;
}
