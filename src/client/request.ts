// A command and how its answer is read, line by line.
//
// An answer is believed only if it can be the command's own: an AT line of that client, of an IAMAT also not earlier than
// what was said (RP6), or `? ` and the command. Anything else shows that questions and answers have lost step.
// Keeps CL2.

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
  /** It is the answer of something else. */
  | "not its answer";

export interface CommandRequest<Answer> {
  readonly line: string;
  /** What a `? ` means. */
  readonly refusal: { readonly code: HerdErrorCode; readonly message: string };
  /** All lines of the answer so far. */
  read(lines: readonly string[]): Reading<Answer>;
}

export interface WhatsatAnswer {
  readonly report: ClientReport;
  /** Nearest first, in the shape of Google's Nearby Search; `status` says how the search went. */
  readonly places: PlacesAnswer;
}

/** No server's limit: what is too far ahead only a server can tell, by its own clock. */
const ANY_FUTURE_SECONDS = 1e15;

export function iamat(client: string, location: Location, time: string): CommandRequest<ClientReport> {
  const line = `IAMAT ${checkedClient(client)} ${formatLocation(location)} ${time}`;
  const command = parseIamat(fieldsOf(line).slice(1), { nowMillis: 0, futureSeconds: ANY_FUTURE_SECONDS });
  if (isRefused(command)) throw unsayable(line, command);
  return {
    line,
    refusal: {
      code: "refused",
      message: `The herd refused the report ${JSON.stringify(line)}: its time may lie ahead of the server's clock, its client may be none that the token allows, or too much was said at once`,
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
      message: `The herd does not say where ${JSON.stringify(client)} is: nobody reported it to the server yet, the token does not allow the question, or too much was asked at once`,
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

/** Whether this is `? ` and the line, or what a server makes of a line that is too long for it (LN6). */
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
