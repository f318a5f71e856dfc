#!/usr/bin/env node
// The command line of a herd: `npm run herd -- <command>`. Each command is a file in src/cli/commands/. Those that start something
// on this machine are here.

import { herdProgram } from "../../src/cli/commands/commands.ts";
import { up } from "./up.ts";
import { runCommand } from "../../src/cli/terminal/run-command.ts";

await runCommand(herdProgram([up]));
