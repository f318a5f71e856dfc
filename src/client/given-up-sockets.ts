// Ends, in Node, the connections under WebSockets whose peers never answer a close.
//
// A WebSocket is closed when both ends have said so, and a program can only ask for it. Fact, 2026-11-27: Node's own waits for its
// peer without end, and keeps the process alive meanwhile. Its diagnostics tell which TCP connection lies under a WebSocket: that
// one is destroyed a second after the close. Elsewhere no process waits for a WebSocket, and nothing is done. Keeps CL44.

/** How long a peer has to answer a close. */
const ANSWER_MILLIS = 1000;

/** What is used of a TCP connection of Node. */
interface Connection {
  readonly localPort?: number;
  destroy(): void;
  once(event: "close", listener: () => void): void;
}

interface Diagnostics {
  subscribe(channel: string, listener: (message: object) => void): void;
}

/** What Node's global object has. */
interface Node {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

interface Connected {
  readonly socket: Connection;
}

interface Opened {
  readonly websocket: WebSocket;
  /** Of this end. */
  readonly address: { readonly port: number };
}

/** Those that are connected, by their port at this end. */
const connections = new Map<number, Connection>();

/** Those under open WebSockets. */
const underneath = new WeakMap<WebSocket, Connection>();

const given = new WeakSet<WebSocket>();
let isWatching = false;

/** Has to be called before the first WebSocket is made. */
export function watchSockets(): void {
  if (isWatching) return;
  isWatching = true;
  const { process } = globalThis as Node;
  const diagnostics = process?.getBuiltinModule?.("node:diagnostics_channel") as Diagnostics | undefined;
  diagnostics?.subscribe("undici:client:connected", (message) => {
    const { socket } = message as Connected;
    const { localPort } = socket;
    if (localPort === undefined) return;
    connections.set(localPort, socket);
    socket.once("close", () => {
      if (connections.get(localPort) === socket) connections.delete(localPort);
    });
  });
  diagnostics?.subscribe("undici:websocket:open", (message) => {
    const { websocket, address } = message as Partial<Opened>;
    const connection = address === undefined ? undefined : connections.get(address.port);
    if (websocket === undefined || connection === undefined) return;
    underneath.set(websocket, connection);
    // It was closed before this was told.
    if (given.has(websocket)) endSoon(connection);
  });
}

/** This WebSocket has been closed, and nothing more is expected of it. */
export function giveUp(socket: WebSocket): void {
  given.add(socket);
  const connection = underneath.get(socket);
  if (connection !== undefined) endSoon(connection);
}

function endSoon(connection: Connection): void {
  const timer = setTimeout(() => connection.destroy(), ANSWER_MILLIS);
  connection.once("close", () => clearTimeout(timer));
}
