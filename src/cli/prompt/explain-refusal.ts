// Why a line was refused, for the person who typed it: what is wrong, and what to say instead.
//
// The server gives a code (LN13). What is wrong with the form of a line can be seen here as well, with the parsers that servers
// use, and in more words than a code has. Keeps HC41.

import { isRefused } from "../../core/commands/command.ts";
import { COMMANDS, readCommand } from "../../core/commands/table.ts";
import { fieldsOf } from "../../core/protocol/line.ts";
import type { Refusal } from "../../core/protocol/refusal.ts";
import { hintAt } from "../terminal/closest-name.ts";
import { formOf, valueOf } from "./command-forms.ts";

/** Only the server can tell whether a time lies too far ahead of its clock. */
const ANY_FUTURE_SECONDS = 1e15;

/** And which silence is too long for it. */
const ANY_SILENCE_SECONDS = 1e15;

/** A sentence or two. */
export function explainRefusal({ code, line, retryAfterSeconds }: Refusal, nowMillis: number): string {
  const [command = "", client = ""] = fieldsOf(line);
  switch (code) {
    case "syntax":
    case "range":
    case "refused":
      return explainForm(code, line, nowMillis) ?? explainRest(code, line);
    case "clock":
      return `The time is further ahead of the server's clock than it allows. By the clock of this machine it is now ${valueOf("time", nowMillis)}.`;
    case "forbidden":
      return `The token does not allow ${command} for ${JSON.stringify(client)}.`;
    case "pace":
      return `That was too much at once: say it again in ${retryAfterSeconds ?? 1} s.`;
    case "full":
      return command === "WATCH"
        ? "The server takes no more watches: UNWATCH another client first."
        : "The server knows as many clients as it may, and takes no new one.";
    case "storage":
      return `The server's storage is full: it ${command === "FORGET" ? "forgets nobody" : "takes no reports"} until there is room. Questions are answered as ever.`;
    case "unknown":
      return `No report of ${JSON.stringify(client)} has reached this server yet.`;
    default:
      return code satisfies never;
  }
}

/** What the bytes of a line become that are no text. */
const NO_CHARACTER = "\uFFFD";

/** A WATCH that asks for a silence. */
const SILENCE = /^\s*WATCH\s+\S+\s+\d+\s*$/;

/** The form is right, as far as the line was copied back. */
function explainRest(code: "syntax" | "range" | "refused", line: string): string {
  // All other bounds are the same everywhere, and were looked at here.
  if (code === "range")
    return SILENCE.test(line)
      ? "The silence is longer than this server waits for (limits.silenceSecondsMax)."
      : "The line is longer than this server takes (limits.lineBytes).";
  if (code === "refused") return "The server gives no reason.";
  return line.includes(NO_CHARACTER)
    ? "The line has bytes that are not UTF-8."
    : "This connection may not say that. Type help for the commands.";
}

/** What is wrong with the form of a line; `undefined` if nothing is, or something else than the server found. */
function explainForm(code: Refusal["code"], line: string, nowMillis: number): string | undefined {
  const read = readCommand(line, {
    nowMillis,
    futureSeconds: ANY_FUTURE_SECONDS,
    silenceSecondsMax: ANY_SILENCE_SECONDS,
  });
  if (read === undefined || !isRefused(read)) return undefined;
  // A line that is too long is copied back in part, and the part may lack what the line had.
  if (code !== "refused" && read.code !== code) return undefined;
  const [name = "", ...said] = fieldsOf(line);
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined) return explainName(name);
  const { fields, option } = command;
  const missing = fields.slice(said.length);
  if (missing.length > 0) {
    const [first] = missing;
    const example = first === undefined ? "" : `, such as ${valueOf(first, nowMillis)}`;
    const what = capital(missing.map((field) => `the ${field}`).join(" and "));
    return `${what} ${missing.length === 1 ? "is" : "are"} missing${example}: ${formOf(command)}`;
  }
  const fieldsMax = fields.length + (option === undefined ? 0 : 1);
  if (said.length > fieldsMax)
    return `That is ${said.length - fieldsMax} too many: ${formOf(command)}. No field has white space in it.`;
  return `${capital(read.refusal)}. The form is ${formOf(command)}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function explainName(name: string): string {
  if (name === "AT") return "AT is what servers say. A client says where it is with IAMAT.";
  const names = COMMANDS.map((command) => command.name);
  const capitals = names.includes(name.toUpperCase()) ? " Commands are in capital letters." : "";
  return `There is no command ${JSON.stringify(name)}.${hintAt(name, names)}${capitals} Type help for the commands.`;
}
