// A whole herd in its own processes, started as `npm start` does, on free ports and in a folder of its own.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import bundled from "../../herd.config.json" with { type: "json" };
import { findFreePorts } from "../../scripts/local/ports.ts";

export interface HerdProcessOptions {
  /** Replaced settings of `places` in herd.config.json. */
  readonly places?: Readonly<Record<string, unknown>>;
  /** Replaced settings of its top level. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The content of the herd's .dev.vars. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** An entry of a log. */
export interface LoggedEntry {
  readonly at: string;
  readonly server: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Of every script: plain text, and compiled code that is kept, so that a test of many commands takes half the time. */
export const SCRIPT_ENVIRONMENT = {
  FORCE_COLOR: "0",
  NO_COLOR: "1",
  NODE_COMPILE_CACHE: join(tmpdir(), "places-herd-compiled"),
} as const;

/** The output of a script and how it ended. */
export interface ScriptOutcome {
  readonly code: number | null;
  /** Both outputs, in the order in which they came. */
  readonly output: string;
  /** Only the standard output. */
  readonly stdout: string;
}

export class HerdProcess {
  readonly directory: string;
  readonly url: string;
  readonly #port: number;
  readonly #tcpPorts: ReadonlyMap<string, number>;
  #child: ChildProcess | undefined;
  #output: string[] = [];

  private constructor(directory: string, port: number, tcpPorts: ReadonlyMap<string, number>) {
    this.directory = directory;
    this.url = `http://localhost:${port}`;
    this.#port = port;
    this.#tcpPorts = tcpPorts;
  }

  /** Prepares a herd with the bundled topology. It does not run yet. */
  static async create({ places = {}, settings = {}, secrets = {} }: HerdProcessOptions = {}): Promise<HerdProcess> {
    const directory = await mkdtemp(join(tmpdir(), "places-herd-"));
    const [port = 0, ...tcpPorts] = await findFreePorts(bundled.servers.length + 1);
    const servers = bundled.servers.map((server, index) => ({ ...server, tcpPort: tcpPorts[index] ?? 0 }));
    const config = { ...bundled, servers, places: { ...bundled.places, ...places }, ...settings };
    await writeFile(join(directory, "herd.json"), JSON.stringify(config));
    const vars = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(directory, "secrets.env"), vars.join(""));
    return new HerdProcess(directory, port, new Map(servers.map(({ name, tcpPort }) => [name, tcpPort])));
  }

  /** The herd's configuration. */
  get configFile(): string {
    return join(this.directory, "herd.json");
  }

  /** Its .dev.vars. */
  get secretsFile(): string {
    return join(this.directory, "secrets.env");
  }

  get logs(): string {
    return join(this.directory, "logs");
  }

  /** Everything printed since the last start. */
  get output(): string {
    return this.#output.join("\n");
  }

  /** The token that this start has made, as its address of the page has it. */
  get operatorToken(): string {
    return /#operator=(\S+)/.exec(this.output)?.[1] ?? "";
  }

  tcpPort(server: string): number {
    return this.#tcpPorts.get(server) ?? 0;
  }

  /** The state directory. */
  get state(): string {
    return join(this.directory, "state");
  }

  /** The process that `npm start` would be; `undefined` if it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Everything that it is started with. */
  get startArguments(): string[] {
    const directories = ["--state", this.state, "--logs", this.logs];
    const files = ["--config", this.configFile, "--secrets", this.secretsFile];
    return ["--port", String(this.#port), ...files, ...directories];
  }

  /** The entries of a server's log file. */
  async logOf(server: string): Promise<LoggedEntry[]> {
    const file = (await readdir(this.logs)).find((name) => name.startsWith(`${server}-`)) ?? "none";
    const lines = (await readFile(join(this.logs, file), "utf8")).split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LoggedEntry);
  }

  /** Runs the herd. Settles when its banner is shown. */
  async start(...options: readonly string[]): Promise<void> {
    this.#output = [];
    const child = spawnScript("start.ts", [...this.startArguments, ...options], true);
    this.#child = child;
    const exited = new Promise<never>((_, reject) => {
      child.once("close", (code) => reject(new Error(`The herd ended with ${code} before it was up:\n${this.output}`)));
    });
    await Promise.race([this.#untilPrinted(child, "Try, in another terminal:"), exited]);
  }

  /** Ends the herd as Ctrl-C does. Settles with its exit code. */
  stop(): Promise<number | null> {
    return this.#end("SIGINT");
  }

  /** Ends its process as `kill -9` does. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
    child.kill(signal);
    return exited;
  }

  /** Tries to run a second herd like it; options that are given again replace the first ones. */
  async startAgain(...options: readonly string[]): Promise<ScriptOutcome> {
    return runScript("start.ts", [...this.startArguments, ...options]);
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  #untilPrinted(child: ChildProcess, text: string): Promise<void> {
    return new Promise((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on("line", (line) => {
          this.#output.push(line);
          if (line.includes(text)) resolve();
        });
      }
    });
  }
}

/** Runs a script of the project to its end. */
export async function runScript(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ScriptOutcome> {
  const child = spawnScript(name, args, false, environment);
  const output: string[] = [];
  const stdout: string[] = [];
  child.stdout?.on("data", (data: Buffer) => stdout.push(data.toString()));
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => output.push(data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output: output.join(""), stdout: stdout.join("") };
}

function spawnScript(
  name: string,
  args: readonly string[],
  isGroup: boolean,
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [`scripts/local/${name}`, ...args], {
    detached: isGroup,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...SCRIPT_ENVIRONMENT, ...environment },
  });
}
