// A command and how its answer is read, line by line.
//
// An answer counts only if it can belong to the command: an AT line of that client, for an IAMAT with a time that is not
// earlier (RP6), or `? ` and the command. Anything else shows that commands and answers are out of step.
// Keeps CL5, CL12, CL13 and CL21.

import { isRefused, type Refused } from "../core/commands/command.ts";
import { parseIamat } from "../core/commands/iamat.ts";
import { parseWhatsat } from "../core/commands/whatsat.ts";
import { fieldsOf } from "../core/protocol/line.ts";
import type { PlacesAnswer } from "../core/protocol/places.ts";
import { readReport, type ClientReport } from "./client-report.ts";
import { HerdError, type HerdErrorCode } from "./errors.ts";
import { checkedClient, decimal, formatLocation, type Location } from "./fields.ts";

export type Reading<Answer> =
  | { readonly answer: Answer }
  /** The server answered `? `. */
  | "refused"
  /** The answer has more lines. */
  | "more"
  /** The line cannot belong to this command. */
  | "not its answer";

export interface CommandRequest<Answer> {
  readonly line: string;
  /** The error for a `? `. */
  readonly refusal: { readonly code: HerdErrorCode; readonly message: string };
  /** Reads the answer; `lines` are all of its lines so far. */
  read(lines: readonly string[]): Reading<Answer>;
}

export interface WhatsatAnswer {
  readonly report: ClientReport;
  /** The nearest first, in the shape of Google's Nearby Search. `status` tells whether the search succeeded. */
  readonly places: PlacesAnswer;
}

/** Only a server can tell, by its own clock, whether a time lies too far ahead. So any time passes here. */
const ANY_FUTURE_SECONDS = 1e15;

export function iamat(client: string, location: Location, time: string): CommandRequest<ClientReport> {
  const line = `IAMAT ${checkedClient(client)} ${formatLocation(location)} ${time}`;
  const command = parseIamat(fieldsOf(line).slice(1), { nowMillis: 0, futureSeconds: ANY_FUTURE_SECONDS });
  if (isRefused(command)) throw unsayable(line, command);
  return {
    line,
    refusal: {
      code: "refused",
      message: `The herd refused the report ${JSON.stringify(line)}: its time may lie too far ahead of the server's clock, the token may not allow its client, or too much was sent at once`,
    },
    read: ([first = ""]) => {
      if (isRefusal(first, line)) return "refused";
      const held = readReport(first);
      if (held === undefined || held.report.client !== client || held.timeKey < command.timeKey)
        return "not its answer";
      return { answer: held.report };
    },
  };
}

export function whatsat(client: string, km: number, items: number): CommandRequest<WhatsatAnswer> {
  const line = `WHATSAT ${checkedClient(client)} ${decimal(km, "km")} ${items}`;
  const command = parseWhatsat(fieldsOf(line).slice(1));
  if (isRefused(command)) throw unsayable(line, command);
  return {
    line,
    refusal: {
      code: "unknown client",
      message: `The herd does not say where ${JSON.stringify(client)} is: no report of it has reached the server, the token may not allow it, or too much was sent at once`,
    },
    read: ([first = "", ...rest]) => {
      if (isRefusal(first, line)) return "refused";
      const held = readReport(first);
      if (held === undefined || held.report.client !== client) return "not its answer";
      if (rest.at(-1) !== "") return "more";
      const places = parsePlaces(rest.join("\n"));
      return places === undefined ? "not its answer" : { answer: { report: held.report, places } };
    },
  };
}

/** Whether this is `? ` and the line. A server cuts a line that is too long for it (LN6). */
function isRefusal(answer: string, line: string): boolean {
  return answer.length > 2 && answer.startsWith("? ") && line.startsWith(answer.slice(2));
}

function parsePlaces(json: string): PlacesAnswer | undefined {
  try {
    const places = JSON.parse(json) as Partial<PlacesAnswer> | null;
    return typeof places?.status === "string" && Array.isArray(places.results) ? (places as PlacesAnswer) : undefined;
  } catch {
    return undefined;
  }
}

function unsayable(line: string, { refusal }: Refused): HerdError {
  return new HerdError("invalid", `Cannot say ${JSON.stringify(line)}: ${refusal}`);
}
