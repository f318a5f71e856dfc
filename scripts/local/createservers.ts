// The paper's createservers: `npm run createservers`. The same as `npm run herd -- create`.

import { create } from "../../src/cli/commands/create.ts";
import { runCommand } from "../../src/cli/terminal/run-command.ts";

await runCommand(create().name("npm run createservers --"));
