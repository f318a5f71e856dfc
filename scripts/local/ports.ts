// Finds out which ports of this machine are free.

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

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

/** Different ports on which nothing listens now. They are drawn at random, so two programs at once find different ones. */
export async function findFreePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(FREE_PORTS.from, FREE_PORTS.to);
    if ((await listenOnce(port)) !== undefined) found.add(port);
  }
  return [...found];
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
