// The paper's testservers: `npm run testservers`. The same as `npm run herd -- test`.

import { test } from "./commands/test.ts";
import { runCommand } from "./command-line/run-command.ts";

await runCommand(test().name("npm run testservers --"));
