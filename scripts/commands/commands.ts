// The commands of `npm run herd`, in the order in which its help shows them.

import type { Command } from "commander";
import { metrics } from "./metrics.ts";
import { down, up } from "./service.ts";

export const COMMANDS: readonly (() => Command)[] = [metrics, down, up];
