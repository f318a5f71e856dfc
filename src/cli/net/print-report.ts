// A report, a silence, or that a client was forgotten, as a command prints it: the line of the herd for a program, with its age for a person, or as JSON.
//
// Ages are by the clock of this machine, as no line tells that of the server. Keeps HC39, HC43, HC64, HC65 and HC71.

import {
  ageSecondsOf,
  agoText,
  type ClientForgotten,
  type ClientReport,
  type ClientSilence,
} from "../../client/index.ts";
import { printable, printJson, printLine, type OutputOptions } from "../terminal/print.ts";

/** What a person sees in a terminal. */
export function reportText(report: ClientReport, nowMillis: number): string {
  return `${printable(report.line)}  (heard ${agoText(ageSecondsOf(report, nowMillis))})`;
}

export function silenceText({ line, heardMillis }: ClientSilence, nowMillis: number): string {
  const age =
    heardMillis === undefined ? "never heard" : `last heard ${agoText(ageSecondsOf({ heardMillis }, nowMillis))}`;
  return `${printable(line)}  (${age})`;
}

export function printReport(report: ClientReport, { json }: OutputOptions): void {
  const nowMillis = Date.now();
  if (json) printJson({ ...report, ageSeconds: ageSecondsOf(report, nowMillis) });
  else printText(report.line, reportText(report, nowMillis));
}

export function printSilence(silence: ClientSilence, { json }: OutputOptions): void {
  if (json) printJson({ ...silence, heardMillis: silence.heardMillis ?? null });
  else printText(silence.line, silenceText(silence, Date.now()));
}

export function printForgotten(forgotten: ClientForgotten, { json }: OutputOptions): void {
  if (json) printJson(forgotten);
  else printLine(forgotten.line);
}

function printText(line: string, text: string): void {
  if (process.stdout.isTTY) console.log(text);
  else printLine(line);
}
