// An entry of the log as JSON that is inert: nothing in it ends a line, commands a terminal or turns the text. Keeps LG9.
//
// A report makes some twenty entries of detail, of five kinds. They are put together here by hand, in a quarter of the time that
// `JSON.stringify` and a search through its result take (0.1 µs rather than 0.4 µs, measured 2026-11-27).

import type { LogEntry } from "../../core/contract/log-entry.ts";

/** Printable ASCII without what JSON escapes: most of what is logged. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Characters that JSON does not escape, and that end a line, command a terminal or turn the text for some readers. */
const ACTIVE_CHARACTERS = /[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g;

/** As `JSON.stringify` has it, with active characters as JSON escapes. */
export function logJson(entry: LogEntry): string {
  if (entry.event === "input") return `{"event":"input","from":${quoted(entry.from)},"line":${quoted(entry.line)}}`;
  if (entry.event === "output") {
    const more = entry.more === undefined ? "" : `,"more":${entry.more}`;
    return `{"event":"output","to":${quoted(entry.to)},"line":${quoted(entry.line)}${more}}`;
  }
  if (entry.event === "accepted")
    return `{"event":"accepted","client":${quoted(entry.client)},"from":${quoted(entry.from)},"seq":${entry.seq}}`;
  if (entry.event === "stale") return `{"event":"stale","client":${quoted(entry.client)},"from":${quoted(entry.from)}}`;
  if (entry.event === "flood")
    return `{"event":"flood","to":${quoted(entry.to)},"reports":${entry.reports},"upTo":${entry.upTo}}`;
  return inert(JSON.stringify(entry));
}

/** A text as it is in such JSON, with its quotes. */
export function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : inert(JSON.stringify(text));
}

/** All active characters of a JSON text are inside of its strings. */
function inert(json: string): string {
  return json.replace(ACTIVE_CHARACTERS, escaped);
}

/** Any character as a JSON escape. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
