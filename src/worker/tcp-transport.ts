// A TCP line connection as a transport.
//
// Fact, 2026-11-22: a socket that reaches a Durable Object through `stub.connect` keeps its two directions apart, so the
// answers still leave after the client has ended its input.

import { encodeUtf8 } from "../core/utf8.ts";
import type { Transport } from "./transport.ts";

const GOING_AWAY = 1001;

export class TcpTransport implements Transport {
  /** Settles when nothing more can be sent. Never rejects. */
  readonly closed: Promise<void>;
  #bufferedBytes = 0;
  readonly #socket: Socket;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#writer = (socket.writable as WritableStream<Uint8Array>).getWriter();
    this.closed = this.#writer.closed.catch(() => undefined);
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  send(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? encodeUtf8(data) : data;
    this.#bufferedBytes += bytes.length;
    const settle = () => {
      this.#bufferedBytes -= bytes.length;
    };
    // A broken connection shows at its reading end.
    this.#writer.write(bytes).then(settle, settle);
  }

  close(code: number): void {
    // Whoever does not read would keep an orderly end waiting for ever.
    const ended = code === 1000 || code === GOING_AWAY ? this.#writer.close() : this.#writer.abort();
    // Out of service the other direction ends as well, once the answers have left.
    const closed = code === GOING_AWAY ? ended.then(() => this.#socket.close()) : ended;
    closed.catch(() => undefined);
  }
}
