// The rows of the store in a Durable Object's SQLite: their contract, and what Cloudflare bills for them.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { migrate } from "../../../src/worker/storage/store-layout.ts";
import { SqlRows } from "../../../src/worker/storage/sql-rows.ts";
import { Writes } from "../../../src/worker/storage/writes.ts";
import { describeRows } from "../../support/rows-contract.ts";

/** On empty tables of today's layout. */
function onTables(body: (rows: SqlRows, storage: DurableObjectStorage) => void | Promise<void>): Promise<void> {
  return runInDurableObject(env.HERD_SERVER.getByName("Hamilton"), async (_, { storage }) => {
    for (const table of [
      "reports",
      "log",
      "pages",
      "renewed_pages",
      "filler",
      "moving",
      "renewing",
      "layout",
      "places_requests",
    ])
      storage.sql.exec(`DROP TABLE IF EXISTS ${table}`);
    void storage.deleteAlarm();
    migrate(storage);
    await body(new SqlRows(storage, new Writes(storage, "a test")), storage);
  });
}

/** As layout 4 had it. */
const EARLIER = `
  CREATE TABLE reports (
    client TEXT PRIMARY KEY, time TEXT NOT NULL, line TEXT NOT NULL, seq INTEGER NOT NULL, moves INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO moving VALUES (1, NULL);`;

describeRows("SQLite", (body) =>
  onTables((rows, storage) => {
    const reopen = () => new SqlRows(storage, new Writes(storage, "a test"));
    return body({
      rows,
      alarmAtMillis: async () => (await storage.getAlarm()) ?? undefined,
      bringEarlier: (reports) => {
        storage.sql.exec(EARLIER);
        for (const { seq, report } of reports)
          storage.sql.exec(
            "INSERT INTO reports VALUES (?, ?, ?, ?, 0)",
            report.client,
            report.timeKey,
            report.line,
            seq,
          );
        return reopen();
      },
      reopen,
    });
  }),
);

describe("the rows written, as they are billed", () => {
  const row = { slot: 1, number: 1, folded: 0, lastSeq: 1, clients: 1, facts: null, reports: "1 a\n" };

  test.each<[string, number, (rows: SqlRows) => void]>([
    ["a commit in a new slot", 1, (rows) => rows.putCommit({ ...row, slot: 2, number: 2 })],
    ["a commit in a slot that is used again", 1, (rows) => rows.putCommit({ ...row, number: 2 })],
    ["a page that is written again", 1, (rows) => rows.putPage({ first: "", records: "longer than before" })],
    ["a new page, with the entry of its index", 2, (rows) => rows.putPage({ first: "b", records: "b" })],
    [
      "a renewal of one page and the log, with the tables that are made, renamed and dropped",
      28,
      (rows) => {
        rows.transact(() => rows.beginRenewal());
        rows.transact(() => {
          rows.renewUpTo(undefined);
          rows.putPage({ first: "", records: "" });
        });
        rows.transact(() => rows.endRenewal());
        rows.transact(() => rows.renewLog());
      },
    ],
    ["a megabyte that is written over for the first time, with its table", 3, (rows) => rows.overwrite(0)],
    ["an alarm", 1, (rows) => rows.wakeAt(Date.UTC(2100, 0, 1))],
  ])("[HD18] [SR1] are for %s: %d", (_what, expected, write) =>
    onTables((rows) => {
      rows.putCommit(row);
      rows.putPage({ first: "", records: "" });
      const before = rows.written;
      write(rows);
      expect(rows.written - before).toBe(expected);
    }),
  );
});
