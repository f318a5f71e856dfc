// The paper's createservers: `npm run createservers`, the same as `npm run herd -- create`. Keeps HC15.

import { create } from "../../src/cli/commands/create.ts";
import { runTyped } from "./run-typed.ts";

await runTyped(create().name("npm run createservers --"));
