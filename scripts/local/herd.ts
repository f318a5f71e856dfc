#!/usr/bin/env node
// The command line of a herd: `npm run herd -- <command>`. Each command is a file in src/cli/commands/. Those that start something
// on this machine are here.

import { herdProgram } from "../../src/cli/commands/commands.ts";
import { EXIT } from "../../src/cli/terminal/failure.ts";
import { PROGRAM } from "../../src/cli/terminal/program-name.ts";
import { printError, runCommand, wantsJson } from "../../src/cli/terminal/run-command.ts";
import { optionsTakenByNpm } from "./npm-options.ts";
import { packageVersion } from "./package-version.ts";
import { start, up } from "./start-command.ts";

const program = herdProgram([start, up], packageVersion());
const [name = "", ...rest] = process.argv.slice(2);
const command = program.commands.find((one) => one.name() === name);
const problem = command && optionsTakenByNpm(command, `${PROGRAM} ${name}`, rest);
if (problem === undefined) await runCommand(program);
else {
  printError(problem, EXIT.usage, wantsJson(rest));
  process.exitCode = EXIT.usage;
}
