// The paper's createservers: `npm run createservers`, the same as `npm run herd -- create`. Keeps HC15.

import { create } from "../../src/cli/commands/create.ts";
import { runCommand } from "../../src/cli/terminal/run-command.ts";

await runCommand(create().name("npm run createservers --"));
