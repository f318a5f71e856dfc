// Runs the whole herd on this machine: `npm start`, the same as `npm run herd -- start`. Keeps HC15.

import { Command } from "commander";
import { EXIT } from "../../src/cli/terminal/failure.ts";
import { runCommand } from "../../src/cli/terminal/run-command.ts";
import { optionsTakenByNpm } from "./npm-options.ts";
import { addStartOptions, startHerd } from "./start-options.ts";

const TYPED = "npm start --";

const command = addStartOptions(new Command(TYPED).description("Runs the whole herd on this machine."))
  .addHelpText("after", "\nExample:\n  npm start -- --port 9000 --config my-herd.json --state my-state")
  .action(startHerd);
const problem = optionsTakenByNpm(command, TYPED);
if (problem === undefined) await runCommand(command);
else {
  console.error(problem);
  process.exitCode = EXIT.usage;
}
