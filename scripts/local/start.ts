// Runs the whole herd on this machine: `npm start`, the same as `npm run herd -- start`. Keeps HC15.

import { Command } from "commander";
import { runTyped } from "./run-typed.ts";
import { addStartOptions, startHerd } from "./start-options.ts";

await runTyped(
  addStartOptions(new Command("npm start --").description("Runs the whole herd on this machine."))
    .addHelpText("after", "\nExample:\n  npm start -- --port 9000 --config my-herd.json --state my-state")
    .action(startHerd),
);
