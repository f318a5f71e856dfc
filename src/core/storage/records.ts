// Reports as pages and commits hold them.
//
// A record of a page is `<client> <seq> <line>` and an LF; in a commit it is `<seq> <line>` and an LF, as a page is searched for a
// client and a commit is read as a whole. Neither a client nor a line has an LF, and a client has no space (RP1).

import { detachedText } from "../lib/detached-text.ts";
import { compareUtf8 } from "../lib/utf8.ts";
import { reportOfLine } from "../protocol/report.ts";
import type { NumberedReport } from "../store/report-store.ts";

export function formatReport({ seq, report }: NumberedReport): string {
  return `${seq} ${report.line}\n`;
}

/** The reports of a commit, in order. Each is in memory of its own. */
export function parseReports(text: string): NumberedReport[] {
  const reports: NumberedReport[] = [];
  for (let start = 0; start < text.length;) {
    const space = text.indexOf(" ", start);
    const end = text.indexOf("\n", space);
    const line = detachedText(text.slice(space + 1, end));
    reports.push({ seq: Number(text.slice(start, space)), report: reportOfLine(line) });
    start = end + 1;
  }
  return reports;
}

export function formatRecord({ seq, report }: NumberedReport): string {
  return `${report.client} ${seq} ${report.line}\n`;
}

/** The report of a client on a page; `undefined` if the page has none. */
export function findRecord(records: string, client: string): NumberedReport | undefined {
  const key = `${client} `;
  const start = records.startsWith(key) ? 0 : records.indexOf(`\n${key}`) + 1;
  if (start === 0 && !records.startsWith(key)) return undefined;
  // It may be kept for long, and must not hold the page.
  return parseRecord(detachedText(records.slice(start, records.indexOf("\n", start))));
}

/** A record without its LF. */
export function parseRecord(record: string): NumberedReport {
  const space = record.indexOf(" ");
  const second = record.indexOf(" ", space + 1);
  const seq = Number(record.slice(space + 1, second));
  return { seq, report: reportOfLine(record.slice(second + 1), record.slice(0, space)) };
}

/** The report in a row of its own, as layouts up to 4 have it. */
export function reportOfRow(client: string, seq: number, line: string): NumberedReport {
  return { seq, report: reportOfLine(line, client) };
}

/** The records of a page, each with its LF. */
export function splitRecords(records: string): string[] {
  return records.match(/[^\n]+\n/g) ?? [];
}

export function clientOfRecord(record: string): string {
  return record.slice(0, record.indexOf(" "));
}

/** The records of a page and others, both in order. Of a client that both have, the others' counts. */
export function mergeRecords(page: readonly string[], others: readonly NumberedReport[]): string[] {
  const merged: string[] = [];
  let index = 0;
  for (const other of others) {
    const { client } = other.report;
    for (; index < page.length; index++) {
      const record = page[index] ?? "";
      const order = compareUtf8(clientOfRecord(record), client);
      if (order > 0) break;
      if (order < 0) merged.push(record);
    }
    merged.push(formatRecord(other));
  }
  for (; index < page.length; index++) merged.push(page[index] ?? "");
  return merged;
}

/** Cuts records into pieces of about `length` characters. None has more than `most`, unless it is one record. */
export function cutRecords(records: readonly string[], length: number, most: number): string[] {
  const total = records.reduce((sum, record) => sum + record.length, 0);
  const pieceLength = total / Math.ceil(total / length);
  const pieces: string[] = [];
  let piece = "";
  let cut = 0;
  const end = () => {
    if (piece !== "") pieces.push(piece);
    piece = "";
  };
  for (const record of records) {
    if (piece.length + record.length > most) end();
    piece += record;
    const begun = Math.floor(cut / pieceLength);
    cut += record.length;
    // One that is longer than a piece uses up several.
    if (Math.floor(cut / pieceLength) > begun) end();
  }
  end();
  return pieces;
}
