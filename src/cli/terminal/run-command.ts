// Runs a command to its end. The exit code tells how it went, and no stack is ever printed.
//
// Commander takes every argument that begins with a minus for an option, and half of all locations begin with one
// (`-23.55-46.63`). So their first character becomes a true minus sign, U+2212, and `withAsciiMinus` changes it back.
// Keeps HC17 and HC20.

import { CommanderError, type Command } from "commander";
import { CommandFailure, EXIT } from "./failure.ts";

const SOUTHERN_LOCATION = /^-(?=\d+(?:\.\d+)?[+-]\d)/;

const MINUS_SIGN = "\u2212";

/** An argument that may be a location, as it was typed. */
export function withAsciiMinus(argument: string): string {
  return argument.startsWith(MINUS_SIGN) ? `-${argument.slice(1)}` : argument;
}

/** Runs `argv`, the arguments without Node and the script, and sets the exit code of this process. */
export async function runCommand(command: Command, argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  // The reader of our output may stop before its end, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  for (const each of [command, ...command.commands])
    each
      .exitOverride()
      .showHelpAfterError("(--help shows how)")
      .configureOutput({ outputError: (text, write) => write(text.replaceAll(MINUS_SIGN, "-")) });
  try {
    await command.parseAsync(
      argv.map((argument) => argument.replace(SOUTHERN_LOCATION, MINUS_SIGN)),
      { from: "user" },
    );
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** Prints the error, unless commander has done so. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  if (message !== "") console.error(message);
  return error instanceof CommandFailure ? error.exitCode : EXIT.refused;
}
