// Two tables of docs/protocol.md, from the table of commands: the lines, and the reasons for which a line is refused.

import { COMMANDS, NO_COMMAND_REASONS } from "../../src/core/commands/table.ts";
import type { Command } from "../../src/core/commands/command.ts";
import { MESSAGE_TOO_LONG, TOO_MANY_COMMANDS } from "../../src/core/contract/close-reason.ts";
import { BROKEN_LINE_REASONS } from "../../src/core/protocol/line.ts";
import { markdownTable } from "./markdown-table.ts";

/** Reasons that are found before the line is read as a command, with their codes. */
const REASONS_OF_ANY_LINE: Readonly<Record<string, string>> = {
  ...BROKEN_LINE_REASONS,
  // The connection closes.
  [MESSAGE_TOO_LONG.text]: "",
  [TOO_MANY_COMMANDS.text]: "pace",
  ...NO_COMMAND_REASONS,
};

export function commandsTable(): string {
  return markdownTable(
    ["line", "says", "is answered"],
    COMMANDS.map((command) => [formsOf(command).join(", "), command.says, command.answeredWith]),
  );
}

/** Each reason once, with the commands that it can refuse. */
export function refusalsTable(): string {
  const reasons = new Map(COMMANDS.flatMap((command) => Object.entries(command.reasons)));
  return markdownTable(
    ["code", "the log says", "about"],
    [
      ...Object.entries(REASONS_OF_ANY_LINE).map(([reason, code]) => [shown(code), shown(reason), "any line"]),
      ...[...reasons].map(([reason, code]) => [
        shown(code),
        shown(reason),
        COMMANDS.filter((command) => reason in command.reasons)
          .map(({ name }) => name)
          .join(", "),
      ]),
    ],
  );
}

function shown(word: string): string {
  return word === "" ? "" : `\`${word}\``;
}

/** As somebody says it: a field that takes a client or `*` makes two forms, and an option of a client one more. */
function formsOf({ name, fields, option }: Command): string[] {
  const form = [name, ...fields.map((field) => `<${field}>`)].join(" ");
  if (!form.includes("<client or *>")) return [`\`${form}\``];
  const [client, everybody] = ["<client>", "*"].map((field) => form.replace("<client or *>", field));
  return [client, ...(option === undefined ? [] : [`${client} <${option}>`]), everybody].map((text) => `\`${text}\``);
}
