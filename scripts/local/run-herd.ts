// Runs the whole herd on this machine, until it is told to end: the body of `npm start` and `npm run herd -- start`.
//
// The servers' output becomes one log file for each (LG2) and a readable terminal. What happens before the herd is up is a
// line for each server; where it is and what to try comes last (LG14).

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { HerdConfigError, type HerdConfig } from "../../src/core/config/herd-config.ts";
import { CommandFailure, EXIT } from "../../src/cli/terminal/failure.ts";
import { hostedServers, hostedTcpPorts, hostOnly, readHerdConfig } from "../../src/cli/net/herd-file.ts";
import { fetchServer } from "../../src/cli/net/herd-http.ts";
import { secretProblems } from "../../src/cli/net/required-secrets.ts";
import { bannerOf } from "./banner.ts";
import { HerdOutput } from "./herd-output.ts";
import { LocalHerd } from "./local-herd.ts";
import { findTakenPorts } from "./ports.ts";
import { StateLock } from "./state-lock.ts";

export interface RunHerdOptions {
  readonly port: number;
  readonly config: string;
  readonly state: string;
  readonly logs: string;
  readonly logLevel: string;
  readonly secrets: string;
  readonly only?: readonly string[];
}

/** What is built, and served. */
const ASSETS = ["assets/page/index.html", "assets/places/world.bin"];

/** Runs until the herd ends; says whether that was asked for. */
export async function runHerd(options: RunHerdOptions): Promise<boolean> {
  const { port, config: file, state, only } = options;
  const herd = await readHerdConfig(file);
  const config = only === undefined ? herd : hostOnly(herd, only);
  await checkSecrets(config, options);
  checkOwnPorts(config, port);
  checkAssets();
  const lock = await StateLock.take(state, port);
  try {
    await checkPorts([port, ...hostedTcpPorts(config)]);
    return await runLocked(options, config, lock);
  } finally {
    await lock.release();
  }
}

async function runLocked(
  { port, state, logs, logLevel, secrets }: RunHerdOptions,
  config: HerdConfig,
  lock: StateLock,
): Promise<boolean> {
  let isStopping = false;
  let logFailure: Error | undefined;
  const stop = () => {
    isStopping = true;
    runtime.stop();
  };
  const output = new HerdOutput({
    config,
    directory: logs,
    startedAt: new Date(),
    onGone: stop,
    onLogFailure: (error) => {
      logFailure = error;
      runtime.stop();
    },
  });
  const runtime = await LocalHerd.start({
    config,
    port,
    state,
    logLevel,
    secretsFile: secrets,
    onLine: (line) => output.takeOther(line),
    onPrinted: (printed) => output.take(printed),
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  if (runtime.group !== undefined) await lock.nameRuntime(runtime.group);
  await Promise.race([runtime.ready, runtime.exited]);
  if (runtime.isReady) {
    await sayHowServersStand(output, config, port);
    output.say(bannerOf(config, port, logs));
  }
  await runtime.exited;
  if (!isStopping && logFailure === undefined) output.showRest();
  await output.end();
  if (logFailure === undefined) return isStopping;
  const message = `${logFailure.message}\nThe herd was stopped, as its logs would not be whole.`;
  throw new CommandFailure(EXIT.refused, message, { cause: logFailure });
}

function checkAssets(): void {
  const missing = ASSETS.filter((file) => !existsSync(fileURLToPath(new URL(`../../${file}`, import.meta.url))));
  if (missing.length > 0)
    throw new CommandFailure(
      EXIT.usage,
      `Cannot start a herd as ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing.\n` +
        "`npm run prepare` builds what is in assets/.",
    );
}

/** A herd that admits nobody, or whose feeds nobody takes, would look as if it were up. */
async function checkSecrets(config: HerdConfig, { config: file, secrets }: RunHerdOptions): Promise<void> {
  const text = await readFile(secrets, "utf8").catch(() => "");
  const problems = secretProblems(config, parseEnv(text));
  if (problems.length === 0) return;
  const advice = problems.flatMap((problem) => /[A-Z]+_[A-Z_]+/.exec(problem)?.[0] ?? []);
  throw new HerdConfigError(file, [
    ...problems,
    ...advice.map((name) => {
      const value = name === "GOOGLE_PLACES_KEY" ? "…" : "$(openssl rand -base64 48)";
      return `put it into ${secrets}: echo "${name}=${value}" >> ${secrets}`;
    }),
  ]);
}

function checkOwnPorts(config: HerdConfig, port: number): void {
  const own = hostedServers(config).find(({ tcpPort }) => tcpPort === port);
  if (own !== undefined)
    throw new CommandFailure(
      EXIT.usage,
      `Cannot use port ${port} twice: it is the tcpPort of ${own.name}. Give another --port`,
    );
}

async function checkPorts(ports: readonly number[]): Promise<void> {
  const taken = await findTakenPorts(ports);
  if (taken.length > 0)
    throw new CommandFailure(
      EXIT.refused,
      `Cannot listen on port ${taken.join(", ")}: another program does, perhaps a herd that still runs.\n` +
        `Stop it, or start this herd with --port and a --config whose tcpPorts are free.`,
    );
}

/** Each server begins to live when it is asked, so what is wrong with one is seen now. */
async function sayHowServersStand(output: HerdOutput, config: HerdConfig, port: number): Promise<void> {
  for (const { name } of hostedServers(config)) {
    const told = await fetchServer(`http://localhost:${port}`, name).then(
      ({ clients, isDrained }) => `is ${isDrained ? "out of service" : "up"}: ${clients} clients known`,
      (error: unknown) => `does not start: ${error instanceof Error ? error.message : String(error)}`,
    );
    output.say(`${name.padEnd(9)} ${told}`);
  }
}
