// Runs a command that people type as an npm script. Options that npm took for itself are told, and nothing is run. Keeps HD35.

import type { Command } from "commander";
import { EXIT } from "../../src/cli/terminal/failure.ts";
import { printError, runCommand, wantsJson } from "../../src/cli/terminal/run-command.ts";
import { optionsTakenByNpm } from "./npm-options.ts";

/** `command` has the name by which it is called, such as `npm start --`. */
export async function runTyped(command: Command): Promise<void> {
  const args = process.argv.slice(2);
  const problem = optionsTakenByNpm(command, command.name(), args);
  if (problem === undefined) return runCommand(command, args);
  printError(problem, EXIT.usage, wantsJson(args));
  process.exitCode = EXIT.usage;
}
