// Runs the whole herd on this machine, until it is told to end: the body of `npm start` and `npm run herd -- start`.
//
// The servers' output becomes one log file for each (LG2) and a readable terminal. What happens before the herd is up is a
// line for each server; where it is and what to try comes last (LG14).

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { HerdConfigError, type HerdConfig } from "../../src/core/config/herd-config.ts";
import { SECRET_MAKER } from "../../src/core/config/secrets.ts";
import { CommandFailure, EXIT } from "../../src/cli/terminal/failure.ts";
import { hostedServers, hostedTcpPorts, hostOnly, readHerdConfig } from "../../src/cli/net/herd-file.ts";
import { fetchServer } from "../../src/cli/net/herd-http.ts";
import { secretProblems } from "../../src/cli/net/required-secrets.ts";
import { bannerOf } from "./banner.ts";
import { HerdOutput } from "./herd-output.ts";
import { LocalHerd } from "./local-herd.ts";
import { OperatorToken } from "./operator-token.ts";
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
  const config = only === undefined ? herd : withOwnHosts(hostOnly(herd, only), herd);
  const secrets = await readSecrets(options.secrets);
  checkSecrets(config, secrets, options);
  checkOwnPorts(config, port);
  checkAssets();
  const lock = await StateLock.take(state, port);
  try {
    await checkPorts([port, ...hostedTcpPorts(config)]);
    const operator = (secrets["OPERATOR_TOKEN"] ?? "") === "" ? await OperatorToken.make(port) : undefined;
    try {
      return await runLocked(options, config, lock, operator);
    } finally {
      await operator?.forget();
    }
  } finally {
    await lock.release();
  }
}

async function runLocked(
  { port, state, logs, logLevel, secrets }: RunHerdOptions,
  config: HerdConfig,
  lock: StateLock,
  operator: OperatorToken | undefined,
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
    operatorToken: operator?.value,
    onLine: (line) => output.takeOther(line),
    onPrinted: (printed) => output.take(printed),
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  if (runtime.group !== undefined) await lock.nameRuntime(runtime.group);
  await Promise.race([runtime.ready, runtime.exited]);
  if (runtime.isReady) {
    await sayHowServersStand(output, config, port);
    output.say(bannerOf({ config, port, logs, operator }));
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

/** Its servers have addresses, by which the other deployments of the herd reach them. */
function withOwnHosts(config: HerdConfig, { servers }: HerdConfig): HerdConfig {
  const own = new Set(hostedServers(config).map(({ name }) => name));
  const hosts = servers.flatMap(({ name, url }) => (own.has(name) && url !== undefined ? new URL(url).hostname : []));
  return { ...config, limits: { ...config.limits, hosts: [...new Set([...config.limits.hosts, ...hosts])] } };
}

async function readSecrets(file: string): Promise<NodeJS.Dict<string>> {
  return parseEnv(await readFile(file, "utf8").catch(() => ""));
}

/** A herd that admits nobody, or whose feeds nobody takes, would look as if it were up. */
function checkSecrets(config: HerdConfig, found: NodeJS.Dict<string>, options: RunHerdOptions): void {
  const { config: file, secrets } = options;
  const problems = secretProblems(config, found);
  if (problems.length === 0) return;
  const advice = problems.flatMap((problem) => /[A-Z]+_[A-Z_]+/.exec(problem)?.[0] ?? []);
  throw new HerdConfigError(file, [
    ...problems,
    ...advice.map((name) => {
      const value = name === "GOOGLE_PLACES_KEY" ? "…" : `$(${SECRET_MAKER})`;
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
