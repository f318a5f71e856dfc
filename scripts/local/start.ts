// Runs the whole herd on this machine: `npm start`. The same as `npm run herd -- up`.

import { Command } from "commander";
import { addStartOptions, startHerd } from "./start-options.ts";
import { runCommand } from "../../src/cli/terminal/run-command.ts";

await runCommand(
  addStartOptions(new Command("npm start --").description("Runs the whole herd on this machine."))
    .addHelpText("after", "\nExample:\n  npm start -- --port 9000 --config my-herd.json --state my-state")
    .action(startHerd),
);
