// The paper's testservers: `npm run testservers`, the same as `npm run herd -- test`. Keeps HC15.

import { test } from "../../src/cli/commands/test.ts";
import { runTyped } from "./run-typed.ts";

await runTyped(test().name("npm run testservers --"));
