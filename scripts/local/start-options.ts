// How `npm start` and `herd start` start a herd on this machine, and their options. Keeps HC15 and HC38.
//
// What serves the herd is loaded only when it is needed, because it is large, and an installed package may lack it.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError, type Command } from "commander";
import { CommandFailure, EXIT } from "../../src/cli/terminal/failure.ts";
import { wholeNumber } from "../../src/cli/terminal/options.ts";
import type { RunHerdOptions } from "./run-herd.ts";

/** The default: the file of this directory, or the one of this package if there is none. */
const HERD_FILE = "herd.config.json";

export function addStartOptions(command: Command): Command {
  return command
    .option("--port <port>", "port for HTTP and WebSocket", wholeNumber(1, 65_535), 8787)
    .option("--config <file>", "the herd to run", HERD_FILE)
    .option("--state <directory>", "where the storage is", ".wrangler/state")
    .option("--logs <directory>", "where the servers' log files go", "logs")
    .option("--log-level <level>", "lines (everything) or events (no lines, no floods)", asLogLevel, "lines")
    .option("--secrets <file>", "secrets, such as GOOGLE_PLACES_KEY=…", ".dev.vars")
    .option("--only <servers...>", "host only these; the others run at their url in the herd's configuration");
}

/** Runs the herd until it is told to end. */
export async function startHerd(options: RunHerdOptions): Promise<void> {
  if (!isInstalled("wrangler"))
    throw new CommandFailure(
      EXIT.usage,
      "Cannot start a herd: wrangler, which serves it, is not installed.\n" +
        "`npm install --save-dev wrangler` beside places-herd installs it. All other commands work without it.",
    );
  const { runHerd } = await import("./run-herd.ts");
  const isDefault = options.config === HERD_FILE && !existsSync(HERD_FILE);
  const config = isDefault ? fileURLToPath(new URL(`../../${HERD_FILE}`, import.meta.url)) : options.config;
  if (!(await runHerd({ ...options, config }))) process.exitCode = EXIT.refused;
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

function asLogLevel(value: string): string {
  if (value !== "lines" && value !== "events") throw new InvalidArgumentError("Give lines or events.");
  return value;
}
