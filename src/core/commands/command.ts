// What a command of clients is: its words, how it is parsed, who may say it, what it does, and what it counts.
//
// Each command is one file beside this one, and one entry of table.ts. Everything else learns of it from there: dispatch,
// metrics, the completion of the command line, the fuzz's grammar, and the tests of the documentation.

import type { Permissions } from "../access/permissions.ts";
import type { LogEntry } from "../contract/log-entry.ts";
import type { PlacesAnswer } from "../protocol/places.ts";
import type { Report } from "../protocol/report.ts";

/** Text, or bytes where a line that is not UTF-8 is copied back. */
export type Answer = string | Uint8Array;

/** A kind of field: the completion offers values of it, and the fuzz draws them. */
export type FieldKind = "client" | "client or *" | "location" | "time" | "radius" | "items";

/** Why a line is refused: it goes to the log beside the `? ` answer (LN4). */
export interface Refused<Reason extends string = string> {
  readonly refusal: Reason;
}

/** The clock and the limits by which a line is judged. */
export interface ParseContext {
  /** When the line came, POSIX milliseconds. */
  readonly nowMillis: number;
  readonly futureSeconds: number;
}

/** What a command may do at the server that hears it. It is made for one line. */
export interface CommandContext {
  /** The line as it was received. */
  readonly line: string;
  readonly server: string;
  /** When the line came, POSIX milliseconds. */
  readonly receivedMillis: number;
  /** Names the connection in the log. */
  readonly connection: number;
  /** Whether the connection can be sent a line that it did not ask for. */
  readonly canPush: boolean;
  /** Whether a question about an unknown client is answered `? ` (WA2). */
  readonly rejectsUnknown: boolean;

  log(entry: LogEntry): void;
  count(outcome: string): void;
  /** Takes the next place in the order of answers. A function is called when its turn comes: the command takes effect then. */
  answer(answer: Answer | (() => Answer)): void;
  refuse(reason: string): void;
  /** The `? ` answer for that reason, counted and logged: for an answer that is made when its turn comes. */
  refusal(reason: string): Answer;

  hasRoomForClient(client: string): boolean;
  /** Offers a report to the server. Its place in the answers is taken now, and filled once the guard has judged it durably. */
  offer(report: Report, answered: (judged: { readonly isAccepted: boolean; readonly line: string }) => Answer): void;
  /** The report held of a client. It is durable when this turn ends, as somebody is about to be shown it. */
  showReport(client: string): Report | undefined;
  /** Whether this connection may ask for places now (LI4). */
  mayAskPlaces(): boolean;
  /** Asks for places around a report. The place in the answers is taken now, and filled when they are there. */
  askPlaces(report: Report, radiusKm: number, items: number, answered: (places: PlacesAnswer) => Answer): void;

  hasRoomToWatch(client: string): boolean;
  /** Begins a watch; the report held of the client, of which the answer tells. */
  watch(client: string): Report | undefined;
  unwatch(client: string): void;
}

export interface CommandDefinition<Parsed extends object, Reason extends string, Outcome extends string> {
  /** Its first field. */
  readonly name: string;
  readonly fields: readonly FieldKind[];
  /** Reasons for which its line, or the command, is refused. */
  readonly reasons: readonly Reason[];
  /** What it counts of itself, by name: each outcome is a counter (HD17). */
  readonly outcomes: readonly Outcome[];
  /** The fields after the name. Never throws. */
  parse(fields: readonly string[], context: ParseContext): Parsed | Refused<Reason>;
  /** Why a connection with these permissions may not say it; `undefined` if it may. */
  accessRefusalOf(parsed: Parsed, permissions: Permissions): string | undefined;
  run(parsed: Parsed, context: CommandContext): void;
}

/** A line that was understood. */
export interface ReadyCommand {
  accessRefusalOf(permissions: Permissions): string | undefined;
  run(context: CommandContext): void;
}

/** A command without the type of what it parses. */
export interface Command {
  readonly name: string;
  readonly fields: readonly FieldKind[];
  readonly reasons: readonly string[];
  readonly outcomes: readonly string[];
  read(fields: readonly string[], context: ParseContext): ReadyCommand | Refused;
}

/** Closes over what a command parses, so that only its own file knows that type. */
export function defineCommand<Parsed extends object, Reason extends string, Outcome extends string>(
  definition: CommandDefinition<Parsed, Reason, Outcome>,
): Command {
  const { name, fields, reasons, outcomes } = definition;
  return {
    name,
    fields,
    reasons,
    outcomes,
    read(said, context) {
      const parsed = definition.parse(said, context);
      if (isRefused(parsed)) return parsed;
      return {
        accessRefusalOf: (permissions) => definition.accessRefusalOf(parsed, permissions),
        run: (commandContext) => definition.run(parsed, commandContext),
      };
    },
  };
}

export function isRefused(parsed: object): parsed is Refused {
  return "refusal" in parsed;
}
