// Runs the whole herd on this machine: `npm start`.
//
// `wrangler dev` serves it; this script starts that, turns its output into one log file a server (LG2) and a readable
// terminal, and says what to try next. Another herd than herd.config.json runs with `--config`, on ports of its own.

import { Command, InvalidArgumentError } from "commander";
import { hostedTcpPorts, hostOnly, readHerdConfig } from "./herd-file.ts";
import { HerdOutput } from "./herd-output.ts";
import { findTakenPorts } from "./ports.ts";
import { runScript } from "./run-script.ts";
import { startWranglerDev } from "./wrangler-dev.ts";

interface Options {
  readonly port: number;
  readonly config: string;
  readonly state: string;
  readonly logs: string;
  readonly logLevel: string;
  readonly secrets: string;
  readonly only?: readonly string[];
}

const program = new Command("npm start --")
  .description("Runs the whole herd on this machine.")
  .option("--port <port>", "port for HTTP and WebSocket", asPort, 8787)
  .option("--config <file>", "the herd to run", "herd.config.json")
  .option("--state <directory>", "where locations are kept", ".wrangler/state")
  .option("--logs <directory>", "where the servers' log files go", "logs")
  .option("--log-level <level>", "lines (everything) or events (all but lines and floods)", asLogLevel, "lines")
  .option("--secrets <file>", "secrets, such as GOOGLE_PLACES_KEY=…", ".dev.vars")
  .option("--only <servers...>", "host these alone; the others run at the url that the herd's configuration gives")
  .addHelpText("after", "\nExample:\n  npm start -- --port 9000 --config my-herd.json --state my-state");

await runScript(() => run(program.parse().opts<Options>()));

/** Runs until the herd ends; says whether that was asked for. */
async function run({ port, config: file, state, logs, logLevel, secrets, only }: Options): Promise<boolean> {
  const herd = await readHerdConfig(file);
  const config = only === undefined ? herd : hostOnly(herd, only);
  const taken = await findTakenPorts([port, ...hostedTcpPorts(config)]);
  if (taken.length > 0)
    throw new Error(
      `Cannot listen on port ${taken.join(", ")}: something does already, perhaps a herd that still runs.\n` +
        `Stop it, or start this one with --port and a --config whose tcpPorts are free.`,
    );
  const output = new HerdOutput(config, logs, new Date());
  const onLine = (line: string) => output.take(line);
  const wrangler = await startWranglerDev({ config, port, state, logLevel, secretsFile: secrets, onLine });
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      isStopping = true;
      wrangler.stop();
    });
  await Promise.race([wrangler.ready, wrangler.exited]);
  if (wrangler.isReady) output.showBanner(port);
  await wrangler.exited;
  await output.end();
  if (!isStopping) output.showRest();
  return isStopping;
}

function asPort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError("A port is a whole number from 1 to 65535.");
  return port;
}

function asLogLevel(value: string): string {
  if (value !== "lines" && value !== "events") throw new InvalidArgumentError("Give lines or events.");
  return value;
}
