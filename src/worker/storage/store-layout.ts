// The layout of all tables of a server, and the steps from older layouts to this one.
//
// The store has the number of its layout. Each step leads from one layout to the next. All steps of a start and the new number
// are one transaction: if the start dies, the next start does all of it. Older code must not write to a store with a newer
// layout. Keeps HD25 and HD26.

/** From nothing to layout 1, from 1 to 2, and so on. A released step is never edited: a change is a new step. */
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
    for (const step of STEPS.slice(found)) sql.exec(step);
    sql.exec("UPDATE layout SET version = ?", STEPS.length);
  });
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
