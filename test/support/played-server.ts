// A server of a herd that the test plays itself, over real sockets. It does on demand what a herd does once in a year.
//
// The test accepts each connection of a client, hears its lines, and says what it likes or breaks the connection off.

import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";

/** A queue: things come one by one and are taken one by one. */
class Arrivals<Thing> {
  readonly #things: Thing[] = [];
  readonly #takers: ((thing: Thing) => void)[] = [];

  push(thing: Thing): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#things.push(thing);
    else taker(thing);
  }

  take(): Promise<Thing> {
    const thing = this.#things.shift();
    return thing === undefined ? new Promise((resolve) => this.#takers.push(resolve)) : Promise.resolve(thing);
  }
}

/** One client's connection. */
export class PlayedConnection {
  /** The path and query of its request. */
  readonly target: string;
  /** The subprotocols that it offered. */
  readonly offered: string | undefined;
  readonly ended: Promise<void>;
  readonly #socket: WebSocket;
  readonly #lines = new Arrivals<string>();
  /** The messages that came. */
  messages = 0;

  constructor(socket: WebSocket, { url = "", headers }: IncomingMessage) {
    this.#socket = socket;
    this.target = url;
    this.offered = headers["sec-websocket-protocol"];
    this.ended = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("message", (data: Buffer) => {
      this.messages++;
      for (const line of data.toString().split("\n").slice(0, -1)) this.#lines.push(line);
    });
  }

  /** The next line. */
  hears(): Promise<string> {
    return this.#lines.take();
  }

  /** Sends these lines in one message. */
  says(...lines: readonly string[]): void {
    this.#socket.send(lines.map((line) => `${line}\n`).join(""));
  }

  close(code: number, reason = ""): void {
    this.#socket.close(code, reason);
  }

  /** Breaks off without a close frame, as a lost process does. */
  breakOff(): void {
    this.#socket.terminate();
  }
}

export class PlayedServer {
  /** The answer to requests that are not upgrades; and to upgrades while `isOpen` is false. */
  onRequest: RequestListener = (_request, response) => response.writeHead(503).end();
  /** Whether it takes connections. */
  isOpen = true;
  readonly #server: Server;
  readonly #connections = new Arrivals<PlayedConnection>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** The server ends with the test that started it. */
  static async start(): Promise<PlayedServer> {
    const server = createServer((request, response) => played.onRequest(request, response));
    const played = new PlayedServer(server);
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      if (played.isOpen)
        sockets.handleUpgrade(request, socket, head, (accepted) =>
          played.#connections.push(new PlayedConnection(accepted, request)),
        );
      else socket.end("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
    });
    return played;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next connection of a client. */
  accepts(): Promise<PlayedConnection> {
    return this.#connections.take();
  }
}
