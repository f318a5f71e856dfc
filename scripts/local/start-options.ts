// The options with which a herd is started on this machine, by `npm start` and by `herd up`, and how that is done.
//
// What serves the herd is loaded only then: it is large, and an installed package may not have it.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError, type Command } from "commander";
import { CommandFailure, EXIT } from "../../src/cli/terminal/failure.ts";
import { wholeNumber } from "../../src/cli/terminal/options.ts";
import type { RunHerdOptions } from "./run-herd.ts";

/** Taken where nobody names another herd: the one of this directory, or else the one that comes with the code. */
const HERD_FILE = "herd.config.json";

export function addStartOptions(command: Command): Command {
  return command
    .option("--port <port>", "port for HTTP and WebSocket", wholeNumber(1, 65_535), 8787)
    .option("--config <file>", "the herd to run", HERD_FILE)
    .option("--state <directory>", "where locations are kept", ".wrangler/state")
    .option("--logs <directory>", "where the servers' log files go", "logs")
    .option("--log-level <level>", "lines (everything) or events (all but lines and floods)", asLogLevel, "lines")
    .option("--secrets <file>", "secrets, such as GOOGLE_PLACES_KEY=…", ".dev.vars")
    .option("--only <servers...>", "host these alone; the others run at the url that the herd's configuration gives");
}

/** Runs the herd until it is told to end. */
export async function startHerd(options: RunHerdOptions): Promise<void> {
  if (!isInstalled("wrangler"))
    throw new CommandFailure(
      EXIT.usage,
      "Cannot start a herd: wrangler is not installed, which serves it.\n" +
        "`npm install --save-dev wrangler` beside places-herd installs it; all other commands work without.",
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
