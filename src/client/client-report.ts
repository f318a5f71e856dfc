// A report as a program reads it: the fields of an AT line (RP5), and the line itself. Keeps CL12, CL31 and CL51.

import { fieldsOf } from "../core/protocol/line.ts";
import { degreesOf } from "../core/protocol/location.ts";
import { receiveMillisOf } from "../core/protocol/receive-time.ts";
import { isGreater, parseAt, type Ordered } from "../core/protocol/report.ts";
import { timeKeyOf } from "../core/protocol/time.ts";

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
  /** When that server heard it, by its clock: POSIX milliseconds. */
  readonly heardMillis: number;
  /** The AT line, without LF. */
  readonly line: string;
}

/** A client has reported nothing for as long as its watch waits (WT20). */
export interface ClientSilence {
  readonly client: string;
  /** The seconds that the watch asked for. */
  readonly silentSeconds: number;
  /** When the last report was heard that the server holds: POSIX milliseconds; `undefined` if it holds none. */
  readonly heardMillis: number | undefined;
  /** The SILENT line, without LF. */
  readonly line: string;
}

/** `undefined` if the line is not a SILENT line. */
export function readSilence(line: string): Omit<ClientSilence, "silentSeconds"> | undefined {
  const [command, client, time, ...others] = fieldsOf(line);
  if (command !== "SILENT" || client === undefined || time === undefined || others.length > 0) return undefined;
  if (timeKeyOf(time) === undefined) return undefined;
  return { client, heardMillis: time === "0" ? undefined : Math.floor(Number(time) * 1000), line };
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
  const report = {
    client,
    server,
    skew: Number(skew),
    location: degreesOf(location),
    time,
    heardMillis: receiveMillisOf({ skew, time }),
    line: held.line,
  };
  return { report, timeKey: held.timeKey };
}
