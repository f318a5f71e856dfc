// What a client's command is: its words, how it is parsed, who may say it, what it does, and what it counts.
//
// Each command is one file beside this one, and one entry of table.ts. Everything else learns of it from there: dispatch,
// metrics, the completion of the command line, the fuzz's grammar, and the tests of the documentation. A command refuses a
// line only for a reason that it declares, and counts only an outcome that it declares: the compiler checks both.

import type { Permissions } from "../access/permissions.ts";
import type { LogEntry } from "../contract/log-entry.ts";
import type { PlacesAnswer } from "../protocol/places.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import type { Report } from "../protocol/report.ts";

/** Text, or bytes where a line that is not UTF-8 is copied back. */
export type Answer = string | Uint8Array;

/** The kind of a field. The completion offers values of that kind, and the fuzz draws them. */
export type FieldKind = "client" | "client or *" | "location" | "time" | "radius" | "items" | "seconds";

/** Why a line is refused. The reason goes to the log, and its code to a client that asks for reasons (LN4, LN12). */
export interface Refused<Reason extends string = string> {
  readonly refusal: Reason;
}

/** A refusal with its code. */
export interface RefusedLine extends Refused {
  readonly code: RefusalCode;
}

/** The clock and the limits by which a line is judged. */
export interface ParseContext {
  /** When the line came, POSIX milliseconds. */
  readonly nowMillis: number;
  readonly futureSeconds: number;
  /** How far behind a time may be before it is stamped; only on a connection with `?clock=server` (RP17). */
  readonly pastSeconds?: number | undefined;
  readonly silenceSecondsMax: number;
}

/** Why a server stores no report of a client (LI5, ST3, ST6). */
export type ReportRefusal = "too many clients" | "too many bytes stored" | "the storage is full";

/** Answers an IAMAT, once its report is judged. `line`: what the server then holds, as clients are shown it. */
export type ReportAnswer = (judged: { readonly isAccepted: boolean; readonly line: string }) => Answer;

/** What a command may do at the server that hears it. Each line gets a context of its own. */
export interface CommandContext<Reason extends string = string, Outcome extends string = string> {
  /** The line as it was received. */
  readonly line: string;
  readonly server: string;
  /** When the line came, POSIX milliseconds. */
  readonly receivedMillis: number;
  /** The connection's number in the log. */
  readonly connection: number;
  /** Whether the connection can be sent a line that it did not ask for. */
  readonly canPush: boolean;

  log(entry: LogEntry): void;
  count(outcome: Outcome): void;
  /** Takes the next place in the order of answers. A function is called when the answer leaves, and takes effect then. */
  answer(answer: Answer | (() => Answer)): void;
  /** Takes the next place in the order of answers, with a refusal. Counts and logs the reason. After `waitMillis` it may be said again. */
  refuse(reason: Reason, waitMillis?: number): void;
  /** Returns a refusal, for a function that is called when the answer leaves. Counts and logs the reason. */
  refusal(reason: Reason): Answer;
  /** The answer to a question about a client that the server does not know; `undefined` if it is ignored (WA2, WA7). */
  unknownClientAnswer(): Answer | undefined;

  /** Why no report of this client may be offered; `undefined` if one may. */
  reportRefusal(client: string): ReportRefusal | undefined;
  /** 0 if the connection may report of this client now; otherwise in how many milliseconds it may bring an unknown one (LI23). */
  newClientWaitMillis(client: string): number;
  /**
   * Offers the server a report, which `make` makes of what it holds of the client. Takes the next place in the order of answers, and
   * fills it after the commit.
   */
  offer(client: string, make: (held: Report | undefined) => Report, answered: ReportAnswer): void;
  /** The current report of a client, which the answer shows. The commit of this turn makes it durable. */
  showReport(client: string): Report | undefined;
  /** Whether the answer with so many places may wait beside what waits already (LI27). */
  hasRoomForPlaces(items: number): boolean;
  /** 0 if this connection may ask for places now; otherwise in how many milliseconds it may (LI4). */
  placesWaitMillis(): number;
  /** Asks for places around a report. Takes the next place in the order of answers, and fills it when they arrive. */
  askPlaces(report: Report, radiusKm: number, items: number, answered: (places: PlacesAnswer) => Answer): void;

  hasRoomToWatch(client: string): boolean;
  /**
   * Begins a watch. Returns the current report of the client, which the answer tells. `silenceSeconds`: the silence of the client that
   * is told as well; `undefined` for none.
   */
  watch(client: string, silenceSeconds: number | undefined): Report | undefined;
  unwatch(client: string): void;
}

export interface CommandDefinition<Parsed extends object, Reason extends string, Outcome extends string> {
  /** Its first field. */
  readonly name: string;
  readonly fields: readonly FieldKind[];
  /** One more field that it may have. */
  readonly option?: FieldKind;
  /** What it says and how it is answered, in a few words: docs/protocol.md has them in its table of lines. */
  readonly says: string;
  readonly answeredWith: string;
  /** Every reason for which it refuses a line, with the code that a client is told. */
  readonly reasons: Readonly<Record<Reason, RefusalCode>>;
  /** How it can end. Each outcome is a counter (HD17). */
  readonly outcomes: readonly Outcome[];
  /** Parses the fields after the name. Never throws. */
  parse(fields: readonly string[], context: ParseContext): Parsed | Refused<Reason>;
  /** Why a connection with these permissions may not say it; `undefined` if it may. */
  accessRefusalOf(parsed: Parsed, permissions: Permissions): Reason | undefined;
  run(parsed: Parsed, context: CommandContext<Reason, Outcome>): void;
}

/** A line that was understood. */
export interface ReadyCommand {
  accessRefusalOf(permissions: Permissions): RefusedLine | undefined;
  run(context: CommandContext): void;
}

/** A command without the type of what it parses. */
export interface Command {
  readonly name: string;
  readonly fields: readonly FieldKind[];
  readonly option: FieldKind | undefined;
  readonly says: string;
  readonly answeredWith: string;
  readonly reasons: Readonly<Record<string, RefusalCode>>;
  readonly outcomes: readonly string[];
  read(fields: readonly string[], context: ParseContext): ReadyCommand | RefusedLine;
}

/** Hides the type of what a command parses: only the command's own file knows it. */
export function defineCommand<Parsed extends object, Reason extends string, Outcome extends string>(
  definition: CommandDefinition<Parsed, Reason, Outcome>,
): Command {
  const { name, fields, option, says, answeredWith, reasons, outcomes } = definition;
  const withCode = (refusal: Reason): RefusedLine => ({ refusal, code: reasons[refusal] });
  return {
    name,
    fields,
    option,
    says,
    answeredWith,
    reasons,
    outcomes,
    read(said, context) {
      const parsed = definition.parse(said, context);
      if (isRefused(parsed)) return withCode(parsed.refusal);
      return {
        accessRefusalOf(permissions) {
          const refusal = definition.accessRefusalOf(parsed, permissions);
          return refusal && withCode(refusal);
        },
        run: (commandContext) => definition.run(parsed, commandContext),
      };
    },
  };
}

export function isRefused<Reasoned extends Refused>(parsed: object | Reasoned): parsed is Reasoned {
  return "refusal" in parsed;
}
