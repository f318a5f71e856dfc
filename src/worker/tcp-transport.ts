// A TCP line connection as a transport.
//
// Fact, 2026-11-22: a socket that reaches a Durable Object through `stub.connect` keeps its two directions apart, so the
// answers still leave after the client has ended its input.

import { encodeUtf8 } from "../core/utf8.ts";
import type { Transport } from "./transport.ts";

export class TcpTransport implements Transport {
  /** Settles when nothing more can be sent. Never rejects. */
  readonly closed: Promise<void>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(socket: Socket) {
    this.#writer = (socket.writable as WritableStream<Uint8Array>).getWriter();
    this.closed = this.#writer.closed.catch(() => undefined);
  }

  send(data: string | Uint8Array): void {
    // A broken connection shows at its reading end.
    this.#writer.write(typeof data === "string" ? encodeUtf8(data) : data).catch(() => undefined);
  }

  close(): void {
    this.#writer.close().catch(() => undefined);
  }
}
