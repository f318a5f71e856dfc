// What is held of a client where it was forgotten: when that was, and a report heard afterwards, or none.
//
// A report that is heard where the client is known to have been forgotten says so in a field of its AT. Where no report was heard since, an
// AT says that alone: it was received no later than the client was forgotten, at a place and a time that are nobody's. So a
// server of before passes both on. The time is of a server's clock, so a client's wrong clock has no part in it.
//
// The order is when the client was forgotten, then the claimed time, then the bytes of the line, and no report comes before any. What servers hold
// only rises in it, and they come to hold the same (FG5). Keeps FG2 to FG6.

import { areExtensions } from "./extensions.ts";
import { fieldsOf } from "./line.ts";
import { heardOf, receiveNanoseconds } from "./receive-time.ts";
import { FORGOT, forgotTimeOf, isForgotten, isGreater, newReport, type Report, type ReportFields } from "./report.ts";
import { formatSkew, formatTime, nanosecondsOf, NANOSECONDS_PER_MILLISECOND, skewOf, timeKeyOf } from "./time.ts";

const NOWHERE = "+0+0";
const NEVER = "0";

/** What a client says, in an IAMAT. */
type Said = Pick<ReportFields, "server" | "client" | "location" | "time" | "timeKey">;

/** The report of what a client said to `server` at that time, POSIX milliseconds. `held`: what is held of the client. */
export function heardReport(said: Said, receivedMillis: number, held: Report | undefined): Report {
  const forgot = held && forgotTimeOf(held);
  if (forgot === undefined) return newReport({ ...said, skew: skewOf(receivedMillis, said.time) });
  const received = receivedAfter(forgot, receivedMillis);
  return newReport({
    ...said,
    skew: formatSkew(received - nanosecondsOf(said.time)),
    extensions: [`${FORGOT}=${forgot}`],
  });
}

/** The time that a server's clock shows, nanoseconds: later than that, whatever the clock that showed it. */
function receivedAfter(forgot: string, receivedMillis: number): bigint {
  return later(BigInt(receivedMillis) * NANOSECONDS_PER_MILLISECOND, nanosecondsOf(forgot) + 1n);
}

/** That the client is forgotten now, POSIX milliseconds. `held`: what is held of it. */
export function forgotten(server: string, client: string, nowMillis: number, held: Report | undefined): Report {
  let time = BigInt(nowMillis) * NANOSECONDS_PER_MILLISECOND;
  if (held !== undefined && !isForgotten(held)) time = later(time, receiveNanoseconds(heardOf(held.line)));
  const before = held && forgotTimeOf(held);
  if (before !== undefined) time = later(time, nanosecondsOf(before) + 1n);
  return forgottenAt(server, client, formatTime(time));
}

/**
 * What a server holds that held `current` and hears `next`: one of them, or one of them with the other's time of forgetting. `undefined` if
 * that is what it held.
 */
export function joined(next: Report, current: Report | undefined): Report | undefined {
  if (current === undefined) return next;
  if (next.forgotKey === current.forgotKey) return isGreater(next, current) ? next : undefined;
  if (next.forgotKey > current.forgotKey) {
    const kept = under(next, current);
    return kept !== undefined && isGreater(kept, next) ? kept : next;
  }
  const kept = under(current, next);
  return kept !== undefined && isGreater(kept, current) ? kept : undefined;
}

/** The report as one that was heard after what the other one says of forgetting; `undefined` if it was not. */
function under(forgetful: Report, report: Report): Report | undefined {
  const forgot = forgotTimeOf(forgetful);
  if (forgot === undefined || isForgotten(report)) return undefined;
  if (receiveNanoseconds(heardOf(report.line)) <= nanosecondsOf(forgot)) return undefined;
  const [, server = "", skew = "", client = "", location = "", time = "", ...fields] = fieldsOf(report.line);
  const others = fields.filter((field) => !field.startsWith(`${FORGOT}=`));
  const all = [...others, `${FORGOT}=${forgot}`];
  // Where there is no room for it beside all others, it is the one that counts.
  const extensions = areExtensions(all) ? all : all.slice(-1);
  return newReport({ server, skew, client, location, time, timeKey: report.timeKey, extensions });
}

/** That the client of this report was forgotten then, and that no report was heard since which counts. `forgot`: as its field says it. */
export function forgottenReport({ client, line }: Report, forgot: string): Report {
  const [, server = ""] = fieldsOf(line);
  return forgottenAt(server, client, forgot);
}

function forgottenAt(server: string, client: string, time: string): Report {
  const timeKey = timeKeyOf(NEVER) ?? "";
  const extensions = [`${FORGOT}=${time}`];
  return newReport({ server, skew: formatSkew(0n), client, location: NOWHERE, time: NEVER, timeKey, extensions });
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
