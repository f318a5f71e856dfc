// The store on a Durable Object's SQLite keeps to the contract that the one in memory keeps to.
//
// A store can only be had inside an object, and the object's server lives on the same tables. So each test drops them and
// opens them anew before anything else can run, and works on them without giving way: an await on storage lets no event in.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

import { SqlReportStore } from "../../../src/worker/storage/sql-report-store.ts";
import { Writes } from "../../../src/worker/storage/writes.ts";
import { migrate } from "../../../src/worker/storage/store-layout.ts";
import { describeReportStore } from "../../support/store-contract.ts";

describeReportStore("SQLite", (body) =>
  runInDurableObject(env.HERD_SERVER.getByName("Hamilton"), async (_, { storage }) => {
    for (const table of ["reports", "head", "neighbours", "service", "layout", "places_requests"])
      storage.sql.exec(`DROP TABLE IF EXISTS ${table}`);
    void storage.deleteAlarm();
    migrate(storage);
    await body({
      store: new SqlReportStore(storage, new Writes(storage, "a test")),
      reopen: () => new SqlReportStore(storage, new Writes(storage, "a test")),
      alarmAtMillis: async () => (await storage.getAlarm()) ?? undefined,
    });
  }),
);
