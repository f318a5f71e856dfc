// A report as a program reads it: the fields of an AT line (RP5), and the line itself. Keeps CL12 and CL31.

import { fieldsOf } from "../core/protocol/line.ts";
import { degreesOf } from "../core/protocol/location.ts";
import { isGreater, parseAt, type Ordered } from "../core/protocol/report.ts";

export interface ClientReport {
  readonly client: string;
  /** The server that heard it. */
  readonly server: string;
  /** That server's clock minus the client's, in seconds. The line contains it to the nanosecond. */
  readonly skew: number;
  /** Degrees north and east. */
  readonly location: { readonly latitude: number; readonly longitude: number };
  /** When the client was there: POSIX seconds, as the client wrote them. */
  readonly time: string;
  /** The AT line, without LF. */
  readonly line: string;
}

/** A report, and the text by which its time is compared (`timeKeyOf`). */
export interface ReadReport {
  readonly report: ClientReport;
  readonly timeKey: string;
}

/** Whether the first report supersedes the other one at servers (RP6, RP11). */
export function isNewerReport(one: ReadReport, other: ReadReport): boolean {
  return isGreater(orderOf(one), orderOf(other));
}

function orderOf({ report: { line }, timeKey }: ReadReport): Ordered {
  return { forgotKey: "", timeKey, line };
}

/** `undefined` if the line is not an AT line. */
export function readReport(line: string): ReadReport | undefined {
  const held = parseAt(line);
  if (held === undefined) return undefined;
  const [, server = "", skew = "", client = "", location = "", time = ""] = fieldsOf(held.line);
  const report = { client, server, skew: Number(skew), location: degreesOf(location), time, line: held.line };
  return { report, timeKey: held.timeKey };
}
