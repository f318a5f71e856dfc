// One connection of a load: lines out, and each answer together with the line that it answers.
//
// Answers come in the order of their lines (LN5), so a queue tells which line an answer belongs to. `ws://…` is a WebSocket, whose
// messages contain whole answers; `tcp://…` is a stream, which may cut them anywhere. Lines that become due together leave in one
// write: the TCP socket is corked until the next tick.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";

export interface Asked {
  readonly line: string;
  /** Present for the last line of a message, whose answer ends the measured time. */
  readonly sentMillis: number | undefined;
}

export interface Listener {
  readonly answer: (connection: LoadConnection, line: string, asked: Asked) => void;
  readonly closed: (reason: number | string) => void;
}

/** A way to carry lines, and the TCP socket below it. */
interface Carrier {
  readonly socket: Socket;
  readonly send: (lines: string) => void;
  readonly close: () => void;
  /** Settles when the connection has ended. */
  readonly ended: Promise<unknown>;
}

/** The queue is cut when this many of its lines are answered. To shift it for each would cost its length each time. */
const QUEUE_CUT = 1024;

export class LoadConnection {
  readonly #end: string;
  readonly #listener: Listener;
  readonly #queue: Asked[] = [];
  #carrier: Carrier | undefined;
  #head = 0;
  #isCorked = false;
  /** The beginning of an answer that a stream has cut. */
  #cut = "";

  private constructor(end: string, listener: Listener) {
    this.#end = end;
    this.#listener = listener;
  }

  /** An answer ends with `end`. */
  static async open(url: string, end: string, listener: Listener): Promise<LoadConnection> {
    const connection = new LoadConnection(end, listener);
    connection.#carrier = await (url.startsWith("tcp:") ? connection.#openStream(url) : connection.#openWebSocket(url));
    return connection;
  }

  ask(lines: readonly string[]): void {
    const sentMillis = performance.now();
    for (const [index, line] of lines.entries())
      this.#queue.push({ line, sentMillis: index === lines.length - 1 ? sentMillis : undefined });
    this.#cork();
    this.#carrier?.send(lines.length === 1 ? (lines[0] ?? "") : lines.join(""));
  }

  async close(): Promise<void> {
    this.#carrier?.close();
    await this.#carrier?.ended;
  }

  async #openWebSocket(url: string): Promise<Carrier> {
    let socket: Socket | undefined;
    const { hostname, port } = new URL(url);
    const createConnection = () => (socket = connect({ host: hostname, port: Number(port), noDelay: true }));
    const webSocket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true, createConnection });
    await once(webSocket, "open");
    if (socket === undefined) throw new Error(`Cannot reach the socket below ${url}`);
    webSocket.on("message", (data: Buffer) => {
      this.#hear(data.toString());
      if (this.#cut !== "") throw new Error(`Cannot use a message that cuts an answer: ${this.#cut}`);
    });
    webSocket.on("close", this.#listener.closed);
    const ended = new Promise((resolve) => webSocket.once("close", resolve));
    return { socket, send: (lines) => webSocket.send(lines), close: () => webSocket.close(1000), ended };
  }

  async #openStream(url: string): Promise<Carrier> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, "connect");
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#hear(this.#cut + text));
    socket.on("error", ({ message }) => this.#listener.closed(message));
    socket.on("close", () => this.#listener.closed("no error"));
    const ended = new Promise((resolve) => socket.once("close", resolve));
    return { socket, send: (lines) => socket.write(lines), close: () => socket.end(), ended };
  }

  #cork(): void {
    const socket = this.#carrier?.socket;
    if (socket === undefined || this.#isCorked) return;
    this.#isCorked = true;
    socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      socket.uncork();
    });
  }

  #hear(text: string): void {
    let start = 0;
    for (let stop = text.indexOf(this.#end); stop >= 0; stop = text.indexOf(this.#end, start)) {
      const asked = this.#queue[this.#head++];
      if (asked === undefined) throw new Error(`Cannot match an answer with a line: ${text.slice(start)}`);
      if (this.#head >= QUEUE_CUT) {
        this.#queue.splice(0, this.#head);
        this.#head = 0;
      }
      this.#listener.answer(this, text.slice(start, stop), asked);
      start = stop + this.#end.length;
    }
    this.#cut = text.slice(start);
  }
}
