// Herds in processes of their own, each with its log files, as somebody starts them: this one as `npm start` does, and the
// paper's design in plain Node beside it.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import bundled from "../../herd.config.json" with { type: "json" };
import { findFreePorts } from "../local/ports.ts";

const START = fileURLToPath(new URL("../local/start.ts", import.meta.url));
const PAPER = fileURLToPath(new URL("../compare/plain-node-server.ts", import.meta.url));

const PROBE_MILLIS = 10;

export interface StartedHerd {
  tcpPort(server: string): number;
  /** The lines of that server's log file. */
  logOf(server: string): Promise<string[]>;
  /** Ends it in good order. */
  stop(): Promise<void>;
}

/** This herd, as `npm start` runs it with the options; a directory of its own has its state and its logs. */
export async function startHerd(directory: string, ...options: readonly string[]): Promise<StartedHerd> {
  const logs = join(directory, "logs");
  const [port = 0, ...ports] = await findFreePorts(bundled.servers.length + 1);
  const servers = bundled.servers.map((server, index) => ({ ...server, tcpPort: ports[index] ?? 0 }));
  const config = join(directory, "herd.json");
  await mkdir(directory, { recursive: true });
  await writeFile(config, JSON.stringify({ ...bundled, servers }));
  const where = ["--config", config, "--state", join(directory, "state"), "--logs", logs];
  const child = await started([START, "--port", String(port), ...where, ...options], "The herd is up");
  return {
    tcpPort: (server) => servers.find(({ name }) => name === server)?.tcpPort ?? 0,
    logOf: (server) => linesOf(logs, server),
    stop: () => ended(child, "SIGINT"),
  };
}

/** The paper's design: a process for each server, which appends each line in and out to its log file. */
export async function startPaperHerd(directory: string): Promise<StartedHerd> {
  const ports = await findFreePorts(bundled.servers.length);
  const portOf = (server: string) => ports[bundled.servers.findIndex(({ name }) => name === server)] ?? 0;
  await mkdir(directory, { recursive: true });
  const children = await Promise.all(
    bundled.servers.map(({ name, neighbours }) => {
      const links = neighbours.map((neighbour) => `${neighbour}=${portOf(neighbour)}`);
      const log = join(directory, `${name}-log`);
      return started([PAPER, name, String(portOf(name)), ...links], "listens", { PAPER_LOG: log });
    }),
  );
  return {
    tcpPort: portOf,
    logOf: (server) => linesOf(directory, server),
    stop: async () => {
      await Promise.all(children.map((child) => ended(child, "SIGKILL")));
    },
  };
}

let probes = 0;

/** Settles when what was said at one server has reached the other: a report is made, and asked for until it is known. */
export async function settled(herd: StartedHerd, from: string, to: string): Promise<void> {
  const client = `probe-${++probes}`;
  await say(herd.tcpPort(from), `IAMAT ${client} +1+1 1400794645\n`);
  while ((await say(herd.tcpPort(to), `WHATSAT ${client} 0.001 1\n`)) === "") await pause(PROBE_MILLIS);
}

/** All that lines over a connection of their own are answered. */
async function say(port: number, lines: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" }).setEncoding("utf8");
  socket.end(lines);
  return (await socket.toArray()).join("");
}

/** Settles when the program prints that text. */
async function started(
  args: readonly string[],
  text: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  await new Promise<void>((resolve, reject) => {
    child.once("close", (code) => reject(new Error(`Cannot measure: ${args[0]} ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.includes(text)) resolve();
    });
  });
  return child;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill(signal);
  await closed;
}

async function linesOf(directory: string, server: string): Promise<string[]> {
  const file = (await readdir(directory)).find((name) => name.startsWith(`${server}-`)) ?? server;
  return (await readFile(join(directory, file), "utf8")).trimEnd().split("\n");
}
