// A report: who is where, when that was claimed, which server heard it, and how far the clocks were apart.
//
// It is kept as its AT line, in which it is stored and passed on. Clients are shown the first six fields of the line; what may
// follow them is between servers. Beside the line are the two things that the guard needs: the client, and the order key
// of the time. A report outlives the message that brought it, so it holds nothing of it. Keeps RP1, RP5, RP6, RP8, RP11, FG4 and LI12.

import { areExtensions, extensionOf } from "./extensions.ts";
import { fieldsOf } from "./line.ts";
import { isPassedOn } from "./location.ts";
import { detachedText } from "../lib/detached-text.ts";
import { heardOf, receiveNanoseconds } from "./receive-time.ts";
import { nanosecondsOf, timeKeyOf } from "./time.ts";
import { compareUtf8, exceedsBytes } from "../lib/utf8.ts";

export interface Report {
  readonly client: string;
  /** Sorts as the claimed time does: see `timeKeyOf`. Empty if all that is known is that the client was forgotten (FG4). */
  readonly timeKey: string;
  /** Sorts as the time does at which the client was last forgotten; empty if that is not known to have been (FG3). */
  readonly forgotKey: string;
  /** `AT <server> <skew> <client> <location> <time>`, and `key=value` fields if it has any; single spaces, no LF. */
  readonly line: string;
}

/** Bytes of a client's id at most. */
export const CLIENT_BYTES_MAX = 256;

const SERVER_BYTES_MAX = 64;
const SHOWN_FIELDS = 6;
const SKEW = /^[+-]\d{1,32}\.\d{9}$/;

/** The key of the field that says when the client was forgotten, before this report of it was heard (FG4). */
export const FORGOT = "forgot";

/** POSIX seconds: of each time one text. */
const FORGOT_TIME = /^(?:0|[1-9]\d{0,14})\.\d{9}$/;

/** Six fields with single spaces between them: the line stays as it is. Nearly all lines of a feed are so. */
const PLAIN_AT = /^AT ([^ \t\r\f\v]+) [+-]\d{1,32}\.\d{9} ([^ \t\r\f\v]+) ([^ \t\r\f\v]+) ([^ \t\r\f\v]+)$/;

/** What the guard compares. */
export type Ordered = Pick<Report, "forgotKey" | "timeKey" | "line">;

/**
 * The guard for what clients say: only a strictly later time supersedes, so a repeat changes nothing (RP6). Whatever is known since the
 * client was forgotten supersedes what was known before (FG3).
 */
export function isLater(report: Ordered, current: Ordered | undefined): boolean {
  if (current === undefined) return true;
  if (report.forgotKey !== current.forgotKey) return report.forgotKey > current.forgotKey;
  return report.timeKey > current.timeKey;
}

/**
 * The guard for an AT: the later time supersedes, and of equal times the greater line, by its bytes (RP11). This is a total order of
 * all reports of a client, so servers that have heard the same reports hold the same one, in whatever order these came.
 */
export function isGreater(report: Ordered, current: Ordered | undefined): boolean {
  if (current === undefined || report.forgotKey !== current.forgotKey || report.timeKey !== current.timeKey)
    return isLater(report, current);
  return compareUtf8(report.line, current.line) > 0;
}

/** The line as servers pass it on. */
export function fullLine({ line }: Report): string {
  return line;
}

/** The line as clients are shown it: the six fields. */
export function shownLine({ line }: Pick<Report, "line">): string {
  // Most reports have no more than these, and say so at once.
  if (!line.includes("=")) return line;
  let end = -1;
  for (let field = 0; field < SHOWN_FIELDS; field++) {
    end = line.indexOf(" ", end + 1);
    if (end < 0) return line;
  }
  return line.slice(0, end);
}

/** The location in a report's line. */
export function locationOf(report: Report): string {
  const fields = report.line.split(" ");
  const location = fields[4];
  if (location === undefined) throw new Error(`Cannot find the location in the report ${JSON.stringify(report.line)}`);
  return location;
}

/** In memory of its own: `join` copies, where `+` and templates point at their parts. */
export function formatAt(
  server: string,
  skew: string,
  client: string,
  location: string,
  time: string,
  extensions: readonly string[] = [],
): string {
  return ["AT", server, skew, client, location, time, ...extensions].join(" ");
}

/** The report of an AT line, or `undefined`. A far-future time passes: only the server that heard it judges that (RP4). */
export function parseAt(line: string): Report | undefined {
  const plain = PLAIN_AT.exec(line);
  return plain === null ? parseFields(line) : parsePlain(line, plain);
}

/** In half the time of the fields one by one. */
function parsePlain(
  text: string,
  [, server = "", client = "", location = "", time = ""]: string[],
): Report | undefined {
  const timeKey = timeKeyOf(time);
  if (timeKey === undefined || !isPassedOn(location)) return undefined;
  if (exceedsBytes(server, SERVER_BYTES_MAX) || exceedsBytes(client, CLIENT_BYTES_MAX)) return undefined;
  const line = detachedText(text);
  const start = line.length - client.length - location.length - time.length - 2;
  return { client: line.slice(start, start + client.length), timeKey: detachedText(timeKey), forgotKey: "", line };
}

function parseFields(line: string): Report | undefined {
  const [command, server, skew, client, location, time, ...extensions] = fieldsOf(line);
  if (command !== "AT" || time === undefined || !areExtensions(extensions)) return undefined;
  if (server === undefined || exceedsBytes(server, SERVER_BYTES_MAX)) return undefined;
  if (skew === undefined || !SKEW.test(skew)) return undefined;
  if (client === undefined || exceedsBytes(client, CLIENT_BYTES_MAX)) return undefined;
  if (location === undefined || !isPassedOn(location)) return undefined;
  const timeKey = timeKeyOf(time);
  if (timeKey === undefined) return undefined;
  return newReport({ server, skew, client, location, time, timeKey, extensions });
}

/** The fields of an AT line, and its time's order key. */
export interface ReportFields {
  readonly server: string;
  readonly skew: string;
  readonly client: string;
  readonly location: string;
  readonly time: string;
  readonly timeKey: string;
  /** `key=value`, which servers pass on beside the six fields. */
  readonly extensions?: readonly string[];
}

/** The report of fields that are known to be right. */
export function newReport({ server, skew, client, location, time, timeKey, extensions }: ReportFields): Report {
  const line = formatAt(server, skew, client, location, time, extensions);
  const start = "AT".length + 1 + server.length + 1 + skew.length + 1;
  return reportWith(line, line.slice(start, start + client.length), detachedText(timeKey), extensions);
}

/** The report of a line that `newReport` has made before. `client`: if the caller knows it. It shares memory with the line. */
export function reportOfLine(line: string, client = clientOf(line)): Report {
  const shown = shownLine({ line });
  const timeKey = timeKeyOf(shown.slice(shown.lastIndexOf(" ") + 1));
  if (timeKey === undefined) throw new Error(`Cannot find the time in the report ${JSON.stringify(line)}`);
  if (shown.length === line.length) return { client, timeKey, forgotKey: "", line };
  return reportWith(line, client, timeKey, line.slice(shown.length + 1).split(" "));
}

/** `FORGOT <client> <time>` where that is all that is known of the client (FG8), else the line as clients are shown it. */
export function toldLine(report: Report): string {
  return isForgotten(report) ? `FORGOT ${report.client} ${forgotTimeOf(report) ?? ""}` : shownLine(report);
}

/** Whether no report is known of the client, but that it was forgotten. */
export function isForgotten({ timeKey }: Pick<Report, "timeKey">): boolean {
  return timeKey === "";
}

/** When the client was last forgotten, in POSIX seconds with nine decimals; `undefined` if it is not known to have been. */
export function forgotTimeOf({ forgotKey, line }: Report): string | undefined {
  return forgotKey === "" ? undefined : extensionOf(line.split(" ").slice(SHOWN_FIELDS), FORGOT);
}

function reportWith(line: string, client: string, timeKey: string, extensions: readonly string[] | undefined): Report {
  const forgot = extensions && extensionOf(extensions, FORGOT);
  // Whatever else is called so is a field that is not known here.
  const forgotKey = forgot !== undefined && FORGOT_TIME.test(forgot) ? timeKeyOf(forgot) : undefined;
  if (forgot === undefined || forgotKey === undefined) return { client, timeKey, forgotKey: "", line };
  const isHeardAfter = receiveNanoseconds(heardOf(line)) > nanosecondsOf(forgot);
  return { client, timeKey: isHeardAfter ? timeKey : "", forgotKey: detachedText(forgotKey), line };
}

/** The client of a line that is a report. Of another line it is any text. */
export function clientOf(line: string): string {
  const start = line.indexOf(" ", line.indexOf(" ", "AT ".length) + 1) + 1;
  return line.slice(start, line.indexOf(" ", start));
}
