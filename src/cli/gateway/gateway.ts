// Carries TCP connections to a herd that takes none itself: each becomes a WebSocket to the server of its port.
//
// Cloudflare's network takes no TCP from outside (2026-11-22), and the paper's clients speak nothing else. Both directions are
// piped, so a reader that stalls also stalls its writer, and nothing collects in between. A WebSocket has no half-close. So when a
// client ends its side, a mark follows its last line, and the connection ends when the mark is answered.
// Keeps HC10, HC35 and HC36.

import { createServer, type Server, type Socket } from "node:net";
import { createWebSocketStream, WebSocket } from "ws";
import { EndMark } from "../net/end-mark.ts";
import { LineMessages } from "../net/line-messages.ts";
import { whyRefused } from "../net/line-socket.ts";
import { Answers } from "./answers.ts";

export interface GatewayOptions {
  /** The server's address, `https://…/servers/Alford`. */
  readonly address: URL;
  readonly token: string | undefined;
  /** Where to listen. */
  readonly host: string;
  readonly port: number;
  /** Whether a connection ends when all its commands are answered, although the client has not ended its side. */
  readonly isClosedAfterAnswer: boolean;
  /** Gets the reason why a connection could not be made, or broke. */
  readonly onTrouble: (reason: string) => void;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: GatewayOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) =>
      this.#take(socket),
    );
  }

  /** Listens. Rejects with the system's error if it cannot. */
  static async open(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    gateway.#server.once("error", reject);
    gateway.#server.listen(options.port, options.host, resolve);
    await promise;
    return gateway;
  }

  /** Takes no more connections, and ends those that are open. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #take(socket: Socket): void {
    const { address, token, isClosedAfterAnswer, onTrouble } = this.#options;
    this.#sockets.add(socket);
    const dialled = new URL(address);
    dialled.protocol = dialled.protocol.replace("http", "ws");
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const webSocket = new WebSocket(dialled, { headers, perMessageDeflate: false });
    const stream = createWebSocketStream(webSocket);
    const mark = new EndMark();
    const sendMark = () => lines.push(Buffer.from(`${mark.next()}\n`));
    let hasEnded = false;
    const lines: LineMessages = new LineMessages({
      onLines: () => {
        if (isClosedAfterAnswer) sendMark();
      },
    });
    const answers = new Answers(mark, () => {
      if (!hasEnded && !isClosedAfterAnswer) return;
      stream.unpipe(answers);
      // The answers that it still has leave first, then the end of the stream.
      answers.end();
      stream.resume();
      webSocket.close(1000);
    });
    const breakOff = () => {
      webSocket.terminate();
      socket.destroy();
    };
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (webSocket.readyState < WebSocket.CLOSING) webSocket.terminate();
    });
    for (const part of [socket, stream, lines, answers]) part.on("error", breakOff);
    const tell = (reason: string) => onTrouble(`${address.href} does not take a connection: ${reason}`);
    webSocket.once("unexpected-response", async (_request, response) => {
      const { status, title } = await whyRefused(response);
      tell(`HTTP ${status}: ${title}`);
      breakOff();
    });
    webSocket.once("error", (error) => {
      if (!socket.destroyed) tell(error.message);
    });
    webSocket.once("close", (code, reason) => {
      if (code !== 1000 && !socket.destroyed && reason.length > 0)
        onTrouble(`${address.href} closed: ${reason.toString()}`);
    });
    lines.once("end", () => {
      hasEnded = true;
      stream.write(`${mark.next()}\n`);
    });
    socket.pipe(lines).pipe(stream, { end: false });
    stream.pipe(answers).pipe(socket);
  }
}
