// Reports and rows for tests without a server.

import type { Report } from "../../src/core/protocol/report.ts";
import type { NumberedReport, ReportStore } from "../../src/core/store/report-store.ts";
import { timeKeyOf } from "../../src/core/protocol/time.ts";

/** A report of a client and a time. The name of the server makes two reports of one time different. */
export function reportOf(client: string, time: string, server = "Alford"): Report {
  const timeKey = timeKeyOf(time);
  if (timeKey === undefined) throw new Error(`Expected a time, got ${JSON.stringify(time)}`);
  return { client, timeKey, forgotKey: "", line: `AT ${server} +0.000000000 ${client} +0+0 ${time}` };
}

export function numbered(seq: number, client: string, time: string, server?: string): NumberedReport {
  return { seq, report: reportOf(client, time, server) };
}

/** The reports of so many clients, in the order of their names, numbered from `firstSeq` on. */
export function rowsOf(count: number, { firstSeq = 1, time = "1" } = {}): NumberedReport[] {
  return Array.from({ length: count }, (_, index) =>
    numbered(firstSeq + index, `client-${String(index).padStart(5, "0")}`, time),
  );
}

export function seqsOf(rows: readonly NumberedReport[]): number[] {
  return rows.map(({ seq }) => seq);
}

/** The whole table, read in steps of `count` rows. */
export function scanAll(store: ReportStore, count: number): NumberedReport[] {
  const rows: NumberedReport[] = [];
  for (;;) {
    const step = store.scan(rows.at(-1)?.report.client, count);
    rows.push(...step.rows);
    if (step.isLast) return rows;
    if (rows.length > 10_000) throw new Error("Expected the scan to end");
  }
}
