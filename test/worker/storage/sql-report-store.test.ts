// The store on a Durable Object's SQLite keeps to the contract that the one in memory keeps to.
//
// A store can only be had inside an object, and the object's server lives on the same tables. So each test drops them and
// opens them anew before anything else can run, and works on them without giving way: an await on storage lets no event in.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { PagedReportStore } from "../../../src/core/storage/paged-report-store.ts";
import { SqlRows } from "../../../src/worker/storage/sql-rows.ts";
import { Writes } from "../../../src/worker/storage/writes.ts";
import { migrate } from "../../../src/worker/storage/store-layout.ts";
import { describeReportStore } from "../../support/store-contract.ts";

const SETTINGS = parseHerdConfig({ servers: [{ name: "Hamilton", neighbours: [] }] });

describeReportStore("SQLite", (body) =>
  runInDurableObject(env.HERD_SERVER.getByName("Hamilton"), async (_, { storage }) => {
    for (const table of ["log", "pages", "moving", "renewing", "layout", "places_requests"])
      storage.sql.exec(`DROP TABLE IF EXISTS ${table}`);
    void storage.deleteAlarm();
    migrate(storage);
    const open = () => new PagedReportStore(new SqlRows(storage, new Writes(storage, "a test")), SETTINGS);
    await body({
      store: open(),
      reopen: open,
      alarmAtMillis: async () => (await storage.getAlarm()) ?? undefined,
    });
  }),
);
