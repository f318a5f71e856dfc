// A page of the reports that a server holds, for whoever opens a map.
//
// The table has most of them; what is held back (CU6) is laid over it, so that a page shows what the server would answer,
// and what was accepted before somebody's `WATCH *` is on one of the pages. Nothing is written for it. Keeps KP1, WT8 and WT27.

import { heardOf, receiveMillisOf } from "../protocol/receive-time.ts";
import type { Keeping } from "../protocol/keeping.ts";
import { isForgotten, shownLine, type Report } from "../protocol/report.ts";
import type { ReportStore } from "./report-store.ts";
import { compareUtf8 } from "../lib/utf8.ts";

export interface ReportsPage {
  /** AT lines, in the order of their clients. */
  readonly reports: readonly string[];
  /** The client that the next page comes after; null if there is none. */
  readonly next: string | null;
}

/** A page with the ages of its reports. */
export interface AgedReportsPage extends ReportsPage {
  /** How many seconds ago each was heard, at least 0. */
  readonly ages: readonly number[];
}

/** `nowMillis`: by the clock of this server, POSIX milliseconds. */
export function withAges(page: ReportsPage, nowMillis: number): AgedReportsPage {
  const ages = page.reports.map((line) => Math.max(0, nowMillis - receiveMillisOf(heardOf(line))) / 1000);
  return { ...page, ages };
}

/** At most `count` reports of the clients after this one, from the beginning if `undefined`: fewer where they are not known any more. */
export function reportsPage(
  store: Pick<ReportStore, "scan">,
  unflushed: Iterable<Report>,
  keeping: Pick<Keeping, "of">,
  after = "",
  count: number,
): ReportsPage {
  // One more tells whether there is a next page.
  const { rows, isLast } = store.scan(after, count + 1);
  const found = new Map(rows.map(({ report }) => [report.client, report]));
  const upTo = isLast ? undefined : rows.at(-1)?.report.client;
  for (const report of unflushed) {
    const isAfter = compareUtf8(report.client, after) > 0;
    if (isAfter && (upTo === undefined || compareUtf8(report.client, upTo) <= 0)) found.set(report.client, report);
  }
  const reports = [...found.values()].toSorted((one, other) => compareUtf8(one.client, other.client));
  const page = reports.slice(0, count);
  const next = reports.length > count ? (page.at(-1)?.client ?? null) : null;
  return { reports: page.filter((report) => isKnown(keeping.of(report))).map(shownLine), next };
}

function isKnown(report: Report | undefined): boolean {
  return report !== undefined && !isForgotten(report);
}
