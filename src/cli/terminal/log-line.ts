// A line of a server's log, read and written for people.

import * as z from "zod";
import { printable } from "./print.ts";

const entrySchema = z.looseObject({
  at: z.string(),
  server: z.string(),
  event: z.string(),
  from: z.string().optional(),
  to: z.string().optional(),
  line: z.string().optional(),
  more: z.number().optional(),
});

export type LoggedEntry = z.infer<typeof entrySchema>;

/** The entry of a printed line, or `undefined` if the line is something else. */
export function parseLogLine(line: string): LoggedEntry | undefined {
  if (!line.startsWith('{"at":')) return undefined;
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** `12:00:00.123 Alford   <- client 3  IAMAT …`: time, server, and what happened. `paint` colours the server's name. */
export function formatLogEntry(entry: LoggedEntry, paint: (text: string) => string): string {
  return `${entry.at.slice(11, 23)} ${paint(entry.server.padEnd(9))} ${printable(textOf(entry))}`;
}

function textOf({ at: _at, server: _server, event, ...fields }: LoggedEntry): string {
  const { from, to, line, more } = fields;
  if (event === "input") return `<- ${from}  ${line}`;
  if (event === "output") return `-> ${to}  ${line}${more === undefined ? "" : ` (and ${more} more characters)`}`;
  return `${event} ${formatFields(fields)}`;
}

function formatFields(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
}
