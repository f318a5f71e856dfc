// Opens a WebSocket to the herd.
//
// Every platform has `new WebSocket`. A token goes into its subprotocols, because a browser lets no page set headers (AC7). A
// Worker that has the herd as a service binding upgrades through the binding instead. Keeps CL20.
//
// Fact, 2026-11-22: workerd returns the socket of an upgrade unopened. `accept()` opens it, and nothing is heard before.

import { giveUp, watchSockets } from "./given-up-sockets.ts";
import type { Fetch, Target } from "./herd-address.ts";

/** What workerd's Response has in addition. */
interface Upgraded {
  readonly webSocket?: (WebSocket & { accept(): void }) | null;
}

/** How the connection is to be heard and answered. */
export interface SocketOptions {
  readonly unknown?: string | undefined;
  readonly reasons?: boolean | undefined;
  readonly clock?: string | undefined;
}

export interface OpenSocket {
  readonly socket: WebSocket;
  /** The server's name, if the herd told it. */
  readonly server: string | undefined;
}

/** Rejects if the socket cannot be opened, or not before the signal; no platform says why. `fetch`: a service binding's. */
export async function openSocket(
  target: Target,
  { unknown, reasons = false, clock }: SocketOptions,
  token: string | undefined,
  fetch: Fetch | undefined,
  signal: AbortSignal,
): Promise<OpenSocket> {
  const address = new URL(target.address);
  if (unknown !== undefined) address.searchParams.set("unknown", unknown);
  if (reasons) address.searchParams.set("reasons", "yes");
  if (clock !== undefined) address.searchParams.set("clock", clock);
  const protocols = token === undefined ? [] : ["herd", `bearer.${token}`];
  if (fetch !== undefined) return upgrade(fetch, address, protocols, target.server, signal);
  address.protocol = address.protocol.replace("http", "ws");
  watchSockets();
  const socket = new WebSocket(address.href, protocols);
  // It has to be set before the first message.
  socket.binaryType = "arraybuffer";
  const opened = Promise.withResolvers<void>();
  const end = new AbortController();
  const fail = () => opened.reject(new Error("The WebSocket could not be opened"));
  socket.addEventListener("open", () => opened.resolve(), { signal: end.signal });
  socket.addEventListener("error", fail, { signal: end.signal });
  socket.addEventListener("close", fail, { signal: end.signal });
  signal.addEventListener("abort", fail, { signal: end.signal });
  if (signal.aborted) fail();
  try {
    await opened.promise;
    return { socket, server: target.server };
  } catch (error) {
    // A platform may report the end of an unopened socket a second time, as an error that needs a listener.
    socket.addEventListener("error", () => undefined);
    closeQuietly(socket);
    throw error;
  } finally {
    end.abort();
  }
}

export function closeQuietly(socket: WebSocket): void {
  try {
    socket.close(1000);
  } catch {
    // It was closed already.
  }
  giveUp(socket);
}

async function upgrade(
  fetch: Fetch,
  address: URL,
  protocols: readonly string[],
  server: string | undefined,
  signal: AbortSignal,
): Promise<OpenSocket> {
  const headers: Record<string, string> = { Upgrade: "websocket" };
  if (protocols.length > 0) headers["Sec-WebSocket-Protocol"] = protocols.join(", ");
  // The request does not get the signal, because a signal that fires later would end the open socket.
  const answered = fetch(address, { headers });
  const late = Promise.withResolvers<never>();
  const giveUp = () => {
    late.reject(signal.reason);
    answered.then(hangUp, () => undefined);
  };
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    const response = await Promise.race([answered, late.promise]);
    const socket = socketOf(response);
    if (socket === undefined) throw new Error(`The WebSocket could not be opened: HTTP ${response.status}`);
    return { socket, server: server ?? response.headers.get("Herd-Server") ?? undefined };
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function socketOf(response: Response): WebSocket | undefined {
  const { webSocket: socket } = response as Upgraded;
  if (socket === null || socket === undefined) return undefined;
  socket.binaryType = "arraybuffer";
  socket.accept();
  return socket;
}

/** Closes a socket that came too late. */
function hangUp(response: Response): void {
  const socket = socketOf(response);
  if (socket !== undefined) closeQuietly(socket);
}
