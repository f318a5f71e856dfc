// What a program is told of a client, read from its line: a report (RP5), a silence (WT20), that it was forgotten (FG8). Keeps CL12,
// CL31, CL51 and CL63.

import { fieldsOf } from "../core/protocol/line.ts";
import { degreesOf } from "../core/protocol/location.ts";
import { heardOf, receiveMillisOf, receiveNanoseconds } from "../core/protocol/receive-time.ts";
import { isGreater, parseAt, type Ordered } from "../core/protocol/report.ts";
import { nanosecondsOf, timeKeyOf } from "../core/protocol/time.ts";

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

/** The client was forgotten: no server is to know any longer where it was before (FG8). */
export interface ClientForgotten {
  readonly client: string;
  /** When it was forgotten, by a server's clock: POSIX seconds with nine decimals. */
  readonly forgotTime: string;
  /** The FORGOT line, without LF. */
  readonly line: string;
}

/** `undefined` if the line is not a FORGOT line. */
export function readForgotten(line: string): ClientForgotten | undefined {
  const [command, client, forgotTime, ...others] = fieldsOf(line);
  if (command !== "FORGOT" || client === undefined || forgotTime === undefined || others.length > 0) return undefined;
  return timeKeyOf(forgotTime) === undefined ? undefined : { client, forgotTime, line };
}

/** Whether a server heard the report after the client was forgotten (FG5). */
export function isHeardAfter({ line }: Pick<ClientReport, "line">, { forgotTime }: ClientForgotten): boolean {
  return receiveNanoseconds(heardOf(line)) > nanosecondsOf(forgotTime);
}

/** Whether the client was forgotten later than the other time (FG3). */
export function isForgottenLater(one: ClientForgotten, other: ClientForgotten): boolean {
  return nanosecondsOf(one.forgotTime) > nanosecondsOf(other.forgotTime);
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

/** Whether the first report supersedes the other one at servers (RP6, RP11), where the client was not forgotten between them. */
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
