// One WebSocket of a load: lines out, and each answer beside the line that it answers.
//
// Answers come in order (LN5), so a queue tells which line is answered next; one message may hold several answers. Messages
// that become due together leave in one write: the socket below the WebSocket is corked until the loop comes round.

import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";

export interface Asked {
  readonly line: string;
  /** The last line of a message tells how long that took. */
  readonly sentMillis: number | undefined;
}

export interface Hearer {
  readonly answer: (connection: LoadConnection, line: string, asked: Asked) => void;
  readonly closed: (code: number) => void;
}

/** Answered lines that a queue keeps before it is cut: shifting it for each would cost its length each time. */
const QUEUE_CUT = 1024;

export class LoadConnection {
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  readonly #queue: Asked[] = [];
  #head = 0;
  #isCorked = false;

  private constructor(socket: WebSocket, raw: Socket) {
    this.#socket = socket;
    this.#raw = raw;
  }

  /** An answer ends with `end`. */
  static async open(url: string, end: string, hearer: Hearer): Promise<LoadConnection> {
    let raw: Socket | undefined;
    const { hostname, port } = new URL(url);
    const createConnection = () => (raw = connect({ host: hostname, port: Number(port), noDelay: true }));
    const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true, createConnection });
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    if (raw === undefined) throw new Error(`Cannot reach the socket below ${url}`);
    const connection = new LoadConnection(socket, raw);
    socket.on("message", (data: Buffer) => connection.#hear(data.toString(), end, hearer));
    socket.on("close", hearer.closed);
    return connection;
  }

  ask(lines: readonly string[]): void {
    const sentMillis = performance.now();
    for (const [index, line] of lines.entries())
      this.#queue.push({ line, sentMillis: index === lines.length - 1 ? sentMillis : undefined });
    this.#cork();
    this.#socket.send(lines.length === 1 ? (lines[0] ?? "") : lines.join(""));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once("close", resolve));
    this.#socket.close(1000);
    await closed;
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#raw.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#raw.uncork();
    });
  }

  #hear(message: string, end: string, hearer: Hearer): void {
    for (let start = 0; start < message.length;) {
      const stop = message.indexOf(end, start);
      const asked = this.#queue[this.#head++];
      if (asked === undefined || stop < 0)
        throw new Error(`Cannot match an answer with a line: ${message.slice(start)}`);
      if (this.#head >= QUEUE_CUT) {
        this.#queue.splice(0, this.#head);
        this.#head = 0;
      }
      hearer.answer(this, message.slice(start, stop), asked);
      start = stop + end.length;
    }
  }
}
