// A TCP line connection finds its server by the port that it came in on.
//
// Facts, 2026-11-22: `opened` tells the local address, port last; a Durable Object takes a socket only by being connected
// to, so the two sockets are piped into each other, each direction by itself, which keeps a half-closed one open.

import type { Env } from "./env.ts";
import { herdConfig, serverStub } from "./herd.ts";

export async function tcpConnection(socket: Socket, env: Env): Promise<void> {
  const { localAddress = "", remoteAddress = "herd:1" } = await socket.opened;
  const port = Number(localAddress.slice(localAddress.lastIndexOf(":") + 1));
  const server = herdConfig(env).servers.find(({ tcpPort }) => tcpPort === port);
  if (server === undefined) {
    console.error(`Cannot serve TCP port ${port}: no server in herd.config.json has that tcpPort`);
    return socket.close();
  }
  const far = serverStub(env, server).connect(remoteAddress, { allowHalfOpen: true });
  // Either end may break off at any time; the server hears of that by its own half.
  await Promise.allSettled([socket.readable.pipeTo(far.writable), far.readable.pipeTo(socket.writable)]);
}
