// Runs a command to its end. The exit code tells how it went, and no stack is ever printed. With --json an error is a line of JSON.
//
// Keeps HC17, HC20 and HC43.

import { CommanderError, type Command } from "commander";
import { CommandFailure, EXIT } from "./failure.ts";
import { guarded, unguarded } from "./guarded-arguments.ts";

/** Runs `argv`, the arguments without Node and the script, and sets the exit code of this process. */
export async function runCommand(command: Command, argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  // The reader of our output may stop before its end, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  const isJson = wantsJson(argv);
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({ outputError: (text, write) => (isJson ? {} : write(unguarded(text))) });
    if (!isJson) each.showHelpAfterError("(--help shows how)");
  }
  command.hook("preAction", (_program, { processedArgs }) => {
    for (const [index, argument] of processedArgs.entries()) processedArgs[index] = plain(argument);
  });
  try {
    await command.parseAsync(argv.map(guarded), { from: "user" });
  } catch (error) {
    process.exitCode = exitCodeOf(error, isJson);
  }
}

/** Whether output and errors are lines of JSON. What follows `--` is no option. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).includes("--json");
}

/** Prints an error that ends the command. */
export function printError(message: string, exitCode: number, isJson: boolean, code?: string): void {
  console.error(isJson ? JSON.stringify({ error: message, ...(code !== undefined && { code }), exitCode }) : message);
}

/** An argument as it was typed, or a list of them. Others were parsed already. */
function plain(argument: unknown): unknown {
  if (Array.isArray(argument)) return argument.map(plain);
  return typeof argument === "string" ? unguarded(argument) : argument;
}

/** Prints the error, unless commander has done so. */
function exitCodeOf(error: unknown, isJson: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const message = unguarded(error.message).replace(/^error: /, "");
    if (isJson) printError(message.replaceAll("\n", " "), EXIT.usage, true, "usage");
    return EXIT.usage;
  }
  const message = error instanceof Error ? error.message : String(error);
  const { exitCode, code } = error instanceof CommandFailure ? error : { exitCode: EXIT.refused, code: undefined };
  if (message !== "") printError(message, exitCode, isJson, code);
  return exitCode;
}
