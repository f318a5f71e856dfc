// A command and how its answer is read, line by line.
//
// An answer counts only if it can belong to the command: an AT line of that client, for an IAMAT with a time that is not
// earlier (RP6), a FORGOT line of that client, or a refusal of the command. Anything else shows that commands and answers are out of step.
// Keeps CL5, CL12, CL13, CL21, CL46, CL48 and CL60.

import { isRefused, type Refused } from "../core/commands/command.ts";
import { parseForget } from "../core/commands/forget.ts";
import { parseIamat } from "../core/commands/iamat.ts";
import { parseWhatsat } from "../core/commands/whatsat.ts";
import type { ClockPolicy } from "../core/protocol/connection.ts";
import { fieldsOf } from "../core/protocol/line.ts";
import type { PlacesAnswer } from "../core/protocol/places.ts";
import type { Refusal } from "../core/protocol/refusal.ts";
import { readForgotten, readReport, type ClientForgotten, type ClientReport } from "./client-report.ts";
import { HerdError } from "./errors.ts";
import { refusalOf } from "./refusals.ts";
import { checkedClient, checkedItems, decimal, formatLocation, type Location } from "./fields.ts";

export type Reading<Answer> =
  | { readonly answer: Answer }
  | { readonly refusal: Refusal }
  /** The answer has more lines. */
  | "more"
  /** The line cannot belong to this command. */
  | "not its answer";

export interface CommandRequest<Answer> {
  readonly line: string;
  /** The client that it is about. */
  readonly client: string;
  /** It has the client forgotten: what was said before is not said after it, and the other way round. */
  readonly forgets?: boolean;
  /** For a report: whose it is, and the text by which its time is compared; `undefined` if the server is to stamp it. */
  readonly report?: { readonly client: string; readonly timeKey: string | undefined };
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

/** `clock`: of the connection. With "server" the server may have given the report an earlier time than this one (RP17). */
export function iamat(
  client: string,
  location: Location,
  time: string,
  clock?: ClockPolicy,
): CommandRequest<ClientReport> {
  const line = `IAMAT ${checkedClient(client)} ${formatLocation(location)} ${time}`;
  const command = parseIamat(fieldsOf(line).slice(1), { nowMillis: 0, futureSeconds: ANY_FUTURE_SECONDS });
  if (isRefused(command)) throw unsayable(line, command);
  const timeKey = command.claimed?.timeKey;
  const earliestKey = clock === "server" ? "" : (timeKey ?? "");
  return {
    line,
    client,
    report: { client, timeKey },
    read: ([first = ""]) => {
      const refusal = refusalOf(first, line);
      if (refusal !== undefined) return { refusal };
      const held = readReport(first);
      if (held === undefined || held.report.client !== client || held.timeKey < earliestKey) return "not its answer";
      return { answer: held.report };
    },
  };
}

export function whatsat(client: string, km: number, items: number): CommandRequest<WhatsatAnswer> {
  const line = `WHATSAT ${checkedClient(client)} ${decimal(km, "km")} ${checkedItems(items)}`;
  const command = parseWhatsat(fieldsOf(line).slice(1));
  if (isRefused(command)) throw unsayable(line, command);
  return {
    line,
    client,
    read: ([first = "", ...rest]) => {
      const refusal = refusalOf(first, line);
      if (refusal !== undefined) return { refusal };
      const held = readReport(first);
      if (held === undefined || held.report.client !== client) return "not its answer";
      if (rest.at(-1) !== "") return "more";
      const places = parsePlaces(rest.join("\n"));
      return places === undefined ? "not its answer" : { answer: { report: held.report, places } };
    },
  };
}

export function forget(client: string): CommandRequest<ClientForgotten> {
  const line = `FORGET ${checkedClient(client)}`;
  const command = parseForget(fieldsOf(line).slice(1));
  if (isRefused(command)) throw unsayable(line, command);
  return {
    line,
    client,
    forgets: true,
    read: ([first = ""]) => {
      const refusal = refusalOf(first, line);
      if (refusal !== undefined) return { refusal };
      const forgotten = readForgotten(first);
      return forgotten?.client === client ? { answer: forgotten } : "not its answer";
    },
  };
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
