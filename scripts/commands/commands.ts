// The commands of `npm run herd`, in the order in which its help shows them.

import type { Command } from "commander";
import { metrics } from "./metrics.ts";
import { newEpoch } from "./new-epoch.ts";
import { restore } from "./restore.ts";
import { down, up } from "./service.ts";
import { token } from "./token.ts";

export const COMMANDS: readonly (() => Command)[] = [down, up, token, metrics, restore, newEpoch];
