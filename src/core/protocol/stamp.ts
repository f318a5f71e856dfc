// A stamped report: its time is the server's own, in place of one that the client claims.
//
// A clock that is read twice in a millisecond shows the same. So a stamp is a nanosecond later than the stamp of the same client
// in the same millisecond, and both reports count. A later report that is held stays: its client, or another server's clock, claims
// a time that this clock has not reached. Keeps RP14, RP15, RP16 and FG12.

import { fieldsOf } from "./line.ts";
import { FORGOT, forgotTimeOf, newReport, shownLine, type Report, type ReportFields } from "./report.ts";
import { formatTime, instantOf, nanosecondsOf, timeKeyOf } from "./time.ts";

/** What stands in a line in place of a time that the server is to give. */
export const NOW = "now";

/** A stamped report was received when it says. */
const SKEW = "+0.000000000";

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** The report of a line that `server` received, POSIX milliseconds. `held`: what it holds of the client. */
export function stampedReport(
  said: Pick<ReportFields, "server" | "client" | "location">,
  receivedMillis: number,
  held: Report | undefined,
): Report {
  const forgot = held && forgotTimeOf(held);
  const clockTime = stampOf(said.server, receivedMillis, held);
  const time =
    forgot === undefined || held === undefined ? clockTime : afterForgetting(forgot, clockTime, said.server, held);
  const timeKey = timeKeyOf(time);
  if (timeKey === undefined) throw new Error(`Cannot stamp a report at ${receivedMillis} ms`);
  return newReport({
    ...said,
    skew: SKEW,
    time,
    timeKey,
    extensions: forgot === undefined ? [] : [`${FORGOT}=${forgot}`],
  });
}

/** A time after the client was forgotten, whatever the clock that said so, and after the last stamp in that case. */
function afterForgetting(forgot: string, clockTime: string, server: string, held: Report): string {
  const forgotten = nanosecondsOf(forgot);
  if (nanosecondsOf(clockTime) > forgotten) return clockTime;
  const { heardBy, skew, time } = stampedFieldsOf(held);
  const last = heardBy === server && skew === SKEW ? nanosecondsOf(time) : forgotten;
  return formatTime((last > forgotten ? last : forgotten) + 1n);
}

/** POSIX seconds with nine decimals. */
function stampOf(server: string, receivedMillis: number, held: Report | undefined): string {
  const seconds = Math.floor(receivedMillis / 1000);
  const first = (receivedMillis % 1000) * NANOSECONDS_PER_MILLISECOND;
  const last = held && stampedNanosecondsOf(held, server, seconds);
  const isSameMillisecond = last !== undefined && last >= first && last < first + NANOSECONDS_PER_MILLISECOND - 1;
  return `${seconds}.${String(isSameMillisecond ? last + 1 : first).padStart(9, "0")}`;
}

/** Of a report that the server heard with the skew of a stamp: its nanoseconds after that second. `undefined` of any other. */
function stampedNanosecondsOf(report: Report, server: string, seconds: number): number | undefined {
  const { heardBy, skew, time } = stampedFieldsOf(report);
  if (heardBy !== server || skew !== SKEW) return undefined;
  const instant = instantOf(time);
  return instant?.seconds === seconds ? instant.nanoseconds : undefined;
}

function stampedFieldsOf(report: Report) {
  const [, heardBy, skew, , , time = ""] = fieldsOf(shownLine(report));
  return { heardBy, skew, time };
}
