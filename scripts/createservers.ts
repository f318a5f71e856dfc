// The paper's createservers: `npm run createservers`. The same as `npm run herd -- create`.

import { create } from "./commands/create.ts";
import { runCommand } from "./command-line/run-command.ts";

await runCommand(create().name("npm run createservers --"));
