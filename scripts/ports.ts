// Which ports of this machine are free.

import { createServer, type AddressInfo } from "node:net";

/** Those of the ports on which nothing more can listen. */
export async function findTakenPorts(ports: readonly number[]): Promise<number[]> {
  const isTaken = await Promise.all(ports.map(async (port) => (await listenOnce(port)) === undefined));
  return ports.filter((_, index) => isTaken[index]);
}

/** Ports that nobody listens on now, all different. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
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
