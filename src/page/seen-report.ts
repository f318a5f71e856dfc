// A report as the page reads it off an AT line.
//
// Ten thousand lines a second may come, most of them for the fifth time: a line that is already known is told apart before
// anything of it is parsed (ClientTable), so this only runs once a report.

import { degreesOf, locationProblem } from "../core/location.ts";
import { parseAt } from "../core/report.ts";

export interface SeenReport {
  /** The whole AT line. */
  readonly line: string;
  readonly client: string;
  /** The server that heard it. */
  readonly server: string;
  readonly skew: string;
  readonly latitude: number;
  readonly longitude: number;
  /** As the client said it, POSIX seconds. */
  readonly time: string;
  readonly timeKey: string;
}

/** The report of an AT line; `undefined` for any other line. */
export function readReport(text: string): SeenReport | undefined {
  if (!text.startsWith("AT ")) return undefined;
  const report = parseAt(text);
  if (report === undefined) return undefined;
  const [, server = "", skew = "", client = "", location = "", time = ""] = report.line.split(" ");
  if (locationProblem(location) !== undefined) return undefined;
  return { line: report.line, client, server, skew, ...degreesOf(location), time, timeKey: report.timeKey };
}
