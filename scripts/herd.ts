// The command line of a herd: `npm run herd -- <command>`. Each command is a file of its own in commands/.

import { Command } from "commander";
import { COMMANDS } from "./commands/commands.ts";
import { runScript } from "./run-script.ts";

const program = new Command("npm run herd --").description("Works with a herd that runs, here or deployed.");
for (const make of COMMANDS) program.addCommand(make());

await runScript(async () => {
  await program.parseAsync();
  return true;
});
