// The paper's testservers: `npm run testservers`, the same as `npm run herd -- test`. Keeps HC15.

import { test } from "../../src/cli/commands/test.ts";
import { runCommand } from "../../src/cli/terminal/run-command.ts";

await runCommand(test().name("npm run testservers --"));
