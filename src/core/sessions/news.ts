// What a watcher is told of a client next: its newest report, or that it was forgotten, or first that and then a report.
//
// Of several reports only the newest is told. But whoever is not told that a client was forgotten would take a report with an earlier
// time for an old one. Keeps FG8 and KP6.

import { lapseOf } from "../protocol/keeping.ts";
import { isForgotten, isLater, toldLine, type Report } from "../protocol/report.ts";

export interface News {
  readonly report: Report;
  /** That it was forgotten, which is told first; `undefined` if it was not. */
  readonly first: Report | undefined;
}

/** `before`: what was held of the client. `lapsed`: what was held of it, though that was past keeping. */
export function newsOf(report: Report, before: Report | undefined, lapsed: Report | undefined): News {
  const lapse = lapsed && lapseOf(lapsed);
  // Of a client that is forgotten, the later of the two times is told.
  if (isForgotten(report))
    return { report: lapse !== undefined && isLater(lapse, report) ? lapse : report, first: undefined };
  if (lapse !== undefined) return { report, first: lapse };
  const isForgottenSince = before !== undefined && !isForgotten(before) && report.forgotKey > before.forgotKey;
  return { report, first: isForgottenSince ? { ...report, timeKey: "" } : undefined };
}

/** The news in the place of news that was not told yet. */
export function conflated(waiting: News | undefined, { report, first }: News): News {
  if (waiting === undefined || first !== undefined || isForgotten(report)) return { report, first };
  return { report, first: isForgotten(waiting.report) ? waiting.report : waiting.first };
}

export function linesOf({ report, first }: News): string[] {
  return first === undefined ? [toldLine(report)] : [toldLine(first), toldLine(report)];
}
