// A report: who is where, when that was claimed, which server heard it, and how far the clocks were apart.
//
// It lives as its AT line, the form in which it is answered, stored and passed on; beside it stand the two things that
// the guard needs, the client and the time's order key. Reports outlive the message that brought them, so they hold nothing
// of it. Keeps RP1, RP5, RP6 and LI12.

import { fieldsOf } from "./line.ts";
import { locationProblem } from "./location.ts";
import { detachedText } from "../lib/detached-text.ts";
import { timeKeyOf } from "./time.ts";
import { exceedsBytes } from "../lib/utf8.ts";

export interface Report {
  readonly client: string;
  /** Sorts as the claimed time does: see `timeKeyOf`. */
  readonly timeKey: string;
  /** `AT <server> <skew> <client> <location> <time>`, single spaces, no LF. */
  readonly line: string;
}

/** Bytes of a client's id at most. */
export const CLIENT_BYTES_MAX = 256;

const SERVER_BYTES_MAX = 64;
const SKEW = /^[+-]\d{1,32}\.\d{9}$/;

/** The guard: only a strictly later time supersedes, so of equal times the first one stays. */
export function supersedes(report: Report, current: Report | undefined): boolean {
  return current === undefined || report.timeKey > current.timeKey;
}

/** The location in a report's line. */
export function locationOf(report: Report): string {
  const fields = report.line.split(" ");
  const location = fields[4];
  if (location === undefined) throw new Error(`Cannot find the location in the report ${JSON.stringify(report.line)}`);
  return location;
}

/** In memory of its own: `join` copies, where `+` and templates point at their parts. */
export function formatAt(server: string, skew: string, client: string, location: string, time: string): string {
  return ["AT", server, skew, client, location, time].join(" ");
}

/** The report of an AT line, or `undefined`. A far-future time passes: only the server that heard it judges that (RP4). */
export function parseAt(line: string): Report | undefined {
  const [command, server, skew, client, location, time, ...rest] = fieldsOf(line);
  if (command !== "AT" || time === undefined || rest.length > 0) return undefined;
  if (server === undefined || exceedsBytes(server, SERVER_BYTES_MAX)) return undefined;
  if (skew === undefined || !SKEW.test(skew)) return undefined;
  if (client === undefined || exceedsBytes(client, CLIENT_BYTES_MAX)) return undefined;
  if (location === undefined || locationProblem(location) !== undefined) return undefined;
  const timeKey = timeKeyOf(time);
  if (timeKey === undefined) return undefined;
  return newReport({ server, skew, client, location, time, timeKey });
}

/** The fields of an AT line, and its time's order key. */
export interface ReportFields {
  readonly server: string;
  readonly skew: string;
  readonly client: string;
  readonly location: string;
  readonly time: string;
  readonly timeKey: string;
}

/** The report of fields that are known to be right. */
export function newReport({ server, skew, client, location, time, timeKey }: ReportFields): Report {
  const line = formatAt(server, skew, client, location, time);
  const start = "AT".length + 1 + server.length + 1 + skew.length + 1;
  return { client: line.slice(start, start + client.length), timeKey: detachedText(timeKey), line };
}
