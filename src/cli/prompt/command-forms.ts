// The commands as a person reads them: their forms, with an example of each field, and the help of the prompt. Keeps HC41.

import type { Command, FieldKind } from "../../core/commands/command.ts";
import { COMMANDS } from "../../core/commands/table.ts";

/** `IAMAT <client> <location> <time>`, `WATCH <client or *> [<seconds>]`. */
export function formOf({ name, fields, option }: Command): string {
  const optional = option === undefined ? [] : [`[<${option}>]`];
  return [name, ...fields.map((field) => `<${field}>`), ...optional].join(" ");
}

/** A value that such a field may have. */
export function valueOf(field: FieldKind, nowMillis: number): string {
  switch (field) {
    case "client":
    case "client or *":
      return "kiwi";
    case "location":
      return "+34.07-118.45";
    case "time":
      return (nowMillis / 1000).toFixed(3);
    case "radius":
      return "10";
    case "items":
      return "5";
    case "seconds":
      return "60";
    default:
      return field satisfies never;
  }
}

/** What the prompt shows for `help`. */
export function helpOf(nowMillis: number): string {
  const forms = COMMANDS.map(formOf);
  const width = Math.max(...forms.map((form) => form.length));
  const rows = COMMANDS.map((command, index) => `  ${(forms[index] ?? "").padEnd(width)}  ${command.says}`);
  const examples = COMMANDS.map(({ name, fields }) =>
    [`  ${name}`, ...fields.map((field) => valueOf(field, nowMillis))].join(" "),
  );
  return [
    ...rows,
    "",
    "A location is degrees as ±lat±lon, a time is POSIX seconds or now, a radius is in kilometres up to 50, items are 1 to 20.",
    "For example:",
    ...examples,
    "",
    "Tab completes, and Ctrl-D ends.",
  ].join("\n");
}
