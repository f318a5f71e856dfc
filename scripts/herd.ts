#!/usr/bin/env node
// The command line of a herd: `npm run herd -- <command>`. Each command is a file of its own in commands/.

import { herdProgram } from "./commands/commands.ts";
import { runCommand } from "./command-line/run-command.ts";

await runCommand(herdProgram());
