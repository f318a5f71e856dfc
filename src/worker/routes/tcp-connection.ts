// A TCP line connection finds its server by the port that it came in on.
//
// Facts, 2026-11-22: `opened` tells the local address, with the port last. A Durable Object gets a socket only by
// `stub.connect`. The two sockets are piped into each other, each direction by itself, which keeps a half-closed one open.
// Keeps AC8 and HD13.

import type { Env } from "../env/env.ts";
import { herdConfig, serverStub } from "../env/herd.ts";

const NO_TOKEN = "? This herd asks for a token, which TCP lines cannot show: come over WebSocket or POST\n";

/** The time that a refused client has to read why. */
const REFUSED_MILLIS_MAX = 1000;

export async function tcpConnection(socket: Socket, env: Env): Promise<void> {
  const { localAddress = "", remoteAddress = "herd:1" } = await socket.opened;
  const port = Number(localAddress.slice(localAddress.lastIndexOf(":") + 1));
  const { servers, auth } = herdConfig(env);
  const server = servers.find(({ tcpPort }) => tcpPort === port);
  if (server === undefined) {
    console.error(`Cannot serve TCP port ${port}: no server in herd.config.json has that tcpPort`);
    return socket.close();
  }
  if (auth?.tcp === "refuse") return refuse(socket);
  const far = serverStub(env, server).connect(remoteAddress, { allowHalfOpen: true });
  // Either end may break off at any time. The server learns of that by its own half.
  await Promise.allSettled([socket.readable.pipeTo(far.writable), far.readable.pipeTo(socket.writable)]);
}

/** Says why, then closes (AC8). */
async function refuse(socket: Socket): Promise<void> {
  const writer = (socket.writable as WritableStream<Uint8Array>).getWriter();
  try {
    await writer.write(new TextEncoder().encode(NO_TOKEN));
    await writer.close();
    // The input is read and thrown away: a close with unread input would lose the answer.
    await socket.readable.pipeTo(new WritableStream(), { signal: AbortSignal.timeout(REFUSED_MILLIS_MAX) });
  } catch {
    // The client is gone already, or still sends.
  }
  await socket.close();
}
