// A WebSocket to the herd, open or not to be had.
//
// Every platform has `new WebSocket`; a token goes into its subprotocols, as no browser lets a page set headers (AC7). A Worker that
// has the herd as a service binding upgrades through that instead. Keeps CL4.
//
// Fact, 2026-11-22: workerd gives the socket of an upgrade unopened: `accept()` opens it, and nothing is heard before.

import type { Fetch, Target } from "./herd-address.ts";

/** What workerd's Response has besides. */
interface Upgraded {
  readonly webSocket?: (WebSocket & { accept(): void }) | null;
}

export interface OpenSocket {
  readonly socket: WebSocket;
  /** Whose it is, where that is told. */
  readonly server: string | undefined;
}

/** Rejects if it cannot be opened, or not before the signal: nothing then tells why. `fetch`: a service binding's. */
export async function openSocket(
  target: Target,
  unknown: string | undefined,
  token: string | undefined,
  fetch: Fetch | undefined,
  signal: AbortSignal,
): Promise<OpenSocket> {
  const address = new URL(target.address);
  if (unknown !== undefined) address.searchParams.set("unknown", unknown);
  const protocols = token === undefined ? [] : ["herd", `bearer.${token}`];
  if (fetch !== undefined) return upgrade(fetch, address, protocols, target.server, signal);
  address.protocol = address.protocol.replace("http", "ws");
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
    // A platform may tell of the end of an unopened socket once more, as an error that somebody has to hear.
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
    // Closed already.
  }
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
  // Without the signal: one that fires later would end the socket.
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

/** It came when nobody waited for it any more. */
function hangUp(response: Response): void {
  const socket = socketOf(response);
  if (socket !== undefined) closeQuietly(socket);
}
