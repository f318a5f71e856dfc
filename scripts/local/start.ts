// Runs the whole herd on this machine: `npm start`, the same as `npm run herd -- up`. Keeps HC15.

import { Command } from "commander";
import { addStartOptions, startHerd } from "./start-options.ts";
import { runCommand } from "../../src/cli/terminal/run-command.ts";

await runCommand(
  addStartOptions(new Command("npm start --").description("Runs the whole herd on this machine."))
    .addHelpText("after", "\nExample:\n  npm start -- --port 9000 --config my-herd.json --state my-state")
    .action(startHerd),
);
