// Log entries as level `events` has them: without any place of a client.
//
// That level is what a deployed herd logs, where many may read and long. Most entries have no place. A line of a client or of
// a neighbour may have one anywhere: its fields may be in a wrong order, or of another protocol. So of a line only what was
// understood is kept, and of what others say in words no decimal number. Keeps LG6 and LG20.

import { COMMANDS } from "../commands/table.ts";
import type { LogEntry } from "../contract/log-entry.ts";
import { fieldsOf } from "../protocol/line.ts";
import { lineShape } from "../protocol/line-shape.ts";
import { locationProblem } from "../protocol/location.ts";

type Refused = Extract<LogEntry, { readonly event: "refused" }>;

const DECIMAL = /[+-]?\p{N}+[.,]\p{N}+/gu;

/** Two numbers with fractions, or with degrees. */
const LIKE_A_PLACE = /\p{N}[.,°]\p{N}.*\p{N}[.,°]\p{N}/u;

export function withoutPlaces(entry: LogEntry): LogEntry {
  if (entry.event === "refused") return refusedWithoutPlace(entry);
  if (entry.event === "feed stopped") return { ...entry, line: lineShape(entry.line) };
  if (entry.event === "places asked") {
    const { location: _, ...rest } = entry;
    return rest;
  }
  if ("reason" in entry) return { ...entry, reason: withoutDecimals(entry.reason) };
  if ("error" in entry) return { ...entry, error: withoutDecimals(entry.error) };
  return entry;
}

/** Its command, and its client if the line was understood and refused for something else. */
function refusedWithoutPlace({ event, connection, reason, line = "" }: Refused): Refused {
  const [name, client = ""] = fieldsOf(line);
  const command = COMMANDS.find((known) => known.name === name);
  const code = command?.reasons[reason];
  // Somebody may have said a place twice, and no client.
  const isUnderstood = code !== undefined && code !== "syntax" && code !== "range" && !isLikePlace(client);
  return {
    event,
    connection,
    reason,
    ...(command !== undefined && { command: command.name }),
    ...(isUnderstood && { client }),
  };
}

function isLikePlace(client: string): boolean {
  return locationProblem(client) === undefined || LIKE_A_PLACE.test(client);
}

function withoutDecimals(text: string): string {
  return text.replaceAll(DECIMAL, "…");
}
