// A connection that sends a line and waits for its answer, as fast as the answer comes.

import { WebSocket } from "ws";

export class LineClient {
  readonly #socket: WebSocket;
  #settle: { resolve(answer: string): void; reject(error: Error): void } | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#settle?.resolve(data.toString()));
    socket.on("close", (code) =>
      this.#settle?.reject(new Error(`Cannot send a line to ${socket.url}: it closed with ${code}`)),
    );
  }

  static async open(url: string): Promise<LineClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return new LineClient(socket);
  }

  /** The line includes its LF. Its answer is one message (LN5). */
  ask(line: string): Promise<string> {
    this.#socket.send(line);
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  close(): void {
    this.#socket.close(1000);
  }
}
