// Runs the whole herd on this machine until it is told to end: the body of `npm start` and `npm run herd -- up`. Keeps HC3.
//
// `wrangler dev` serves the herd. Its output becomes a log file for each server (LG2) and a readable terminal, which says what to try
// next. Another herd than herd.config.json has ports of its own.

import { CommandFailure, EXIT } from "../../src/cli/terminal/failure.ts";
import { hostedTcpPorts, hostOnly, readHerdConfig } from "../../src/cli/net/herd-file.ts";
import { HerdOutput } from "./herd-output.ts";
import { findTakenPorts } from "./ports.ts";
import { startWranglerDev } from "./wrangler-dev.ts";

export interface RunHerdOptions {
  readonly port: number;
  readonly config: string;
  readonly state: string;
  readonly logs: string;
  readonly logLevel: string;
  readonly secrets: string;
  readonly only?: readonly string[];
}

/** Runs until the herd ends. Returns whether that was asked for. */
export async function runHerd({
  port,
  config: file,
  state,
  logs,
  logLevel,
  secrets,
  only,
}: RunHerdOptions): Promise<boolean> {
  const herd = await readHerdConfig(file);
  const config = only === undefined ? herd : hostOnly(herd, only);
  const taken = await findTakenPorts([port, ...hostedTcpPorts(config)]);
  if (taken.length > 0)
    throw new CommandFailure(
      EXIT.refused,
      `Cannot listen on port ${taken.join(", ")}: another program does, perhaps a herd that still runs.\n` +
        `Stop it, or start this herd with --port and a --config whose tcpPorts are free.`,
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
