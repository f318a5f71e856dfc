// Finds out which ports of this machine are free.

import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Those of the ports that are taken. */
export async function findTakenPorts(ports: readonly number[]): Promise<number[]> {
  const isTaken = await Promise.all(ports.map(async (port) => (await listenOnce(port)) === undefined));
  return ports.filter((_, index) => isTaken[index]);
}

/**
 * The range in which free ports are drawn: above the well-known ports, and below those that the system itself gives to programs
 * (from 32768 on Linux, from 49152 elsewhere). The system could give away such a port before its server has started.
 */
const FREE_PORTS = { from: 14_000, to: 32_000 };

/** A file for each port that was given to a program, with the number of its process. */
const GIVEN = join(tmpdir(), "places-herd-ports");

/**
 * Different ports on which nothing listens now. They are drawn at random. Each is this process's until it ends: no other process
 * gets it from here, though nothing may listen on it for a while.
 */
export async function findFreePorts(count: number): Promise<number[]> {
  mkdirSync(GIVEN, { recursive: true });
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(FREE_PORTS.from, FREE_PORTS.to);
    if (take(port) && (await listenOnce(port)) !== undefined) found.add(port);
  }
  return [...found];
}

/** Whether the port was nobody's. */
function take(port: number): boolean {
  const file = join(GIVEN, String(port));
  try {
    if (existsSync(file) && !isOver(readFileSync(file, "utf8"))) return false;
    rmSync(file, { force: true });
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    // Another process was first.
    return false;
  }
}

/** Whether the process of this number has ended. One that does not say its number yet has not. */
function isOver(pid: string): boolean {
  if (pid === "") return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // Another one's process may not be asked, but lives.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

async function listenOnce(port: number): Promise<number | undefined> {
  try {
    const server = await listen(port);
    await new Promise((resolve) => server.close(resolve));
    return port;
  } catch {
    return undefined;
  }
}

function listen(port: number) {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1" }, () => resolve(server));
  });
}
