// What a server has stored, read from its tables by another store than its own.

import { runInDurableObject } from "cloudflare:test";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import type { Report } from "../../../src/core/protocol/report.ts";
import { PagedReportStore } from "../../../src/core/storage/paged-report-store.ts";
import { SqlRows } from "../../../src/worker/storage/sql-rows.ts";
import { Writes } from "../../../src/worker/storage/writes.ts";
import { stubOf } from "./herd.ts";

const SETTINGS = parseHerdConfig({ servers: [{ name: "Alford", neighbours: [] }] });

/** The durable reports of a server, in the order of their clients. */
export function storedReports(server: string): Promise<Report[]> {
  return runInDurableObject(stubOf(server), (_instance, { storage }) => {
    const store = new PagedReportStore(new SqlRows(storage, new Writes(storage, "a test")), SETTINGS);
    return store.scan(undefined, Infinity).rows.map(({ report }) => report);
  });
}
