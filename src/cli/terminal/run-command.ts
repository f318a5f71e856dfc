// Runs a command of commander's to its end: with the exit code that tells how it went, and never with a stack.
//
// Commander takes whatever begins with a minus for an option, and half of all locations do (`-23.55-46.63`). They go past it
// with a true minus sign, U+2212, in place of the first character; `withAsciiMinus` puts it back. Keeps HD10.

import { CommanderError, type Command } from "commander";
import { CommandFailure, EXIT } from "./failure.ts";

const SOUTHERN_LOCATION = /^-(?=\d+(?:\.\d+)?[+-]\d)/;

const MINUS_SIGN = "\u2212";

/** What was typed, of an argument that may be a location. */
export function withAsciiMinus(argument: string): string {
  return argument.startsWith(MINUS_SIGN) ? `-${argument.slice(1)}` : argument;
}

/** Runs what `argv` asks for, its first two entries left out; sets the exit code of this process. */
export async function runCommand(command: Command, argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  // Whoever reads our output may stop before its end, as `head` does.
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

/** Tells what went wrong, unless commander has. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  if (message !== "") console.error(message);
  return error instanceof CommandFailure ? error.exitCode : EXIT.refused;
}
