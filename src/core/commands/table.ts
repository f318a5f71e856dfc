// Every command of a client, by its first field. This is the only list of them.
//
// A new command is a file beside this one, and an entry here. Keeps LN3, LN4 and FL1.

import { fieldsOf } from "../protocol/line.ts";
import { isRefused, type Command, type ParseContext, type ReadyCommand, type RefusedLine } from "./command.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import { forget } from "./forget.ts";
import { iamat } from "./iamat.ts";
import { unwatch } from "./unwatch.ts";
import { watch } from "./watch.ts";
import { whatsat } from "./whatsat.ts";

export const COMMANDS: readonly Command[] = [iamat, whatsat, watch, unwatch, forget];

const BY_NAME: ReadonlyMap<string, Command> = new Map(COMMANDS.map((command) => [command.name, command]));

/** Why a line is no command at all, with the code of its refusal. */
export const NO_COMMAND_REASONS = {
  "unknown command": "syntax",
  "AT is for servers": "syntax",
} as const satisfies Record<string, RefusalCode>;

/** A line that was understood: its command, and that command with what was parsed. */
export interface ReadLine {
  readonly command: Command;
  readonly ready: ReadyCommand;
}

/** Reads a client's line; `undefined` is an empty line. Never throws. */
export function readCommand(line: string, context: ParseContext): ReadLine | RefusedLine | undefined {
  const [name, ...fields] = fieldsOf(line);
  if (name === undefined) return undefined;
  const command = BY_NAME.get(name);
  if (command === undefined) return noCommand(name === "AT" ? "AT is for servers" : "unknown command");
  const ready = command.read(fields, context);
  return isRefused(ready) ? ready : { command, ready };
}

function noCommand(refusal: keyof typeof NO_COMMAND_REASONS): RefusedLine {
  return { refusal, code: NO_COMMAND_REASONS[refusal] };
}
