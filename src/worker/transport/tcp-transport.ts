// A TCP line connection as a transport.
//
// Facts, 2026-11-22: a socket that reaches a Durable Object through `stub.connect` has two separate directions. Answers
// still leave after the client has ended its input. Aborting the writer tells the client nothing until the reader is
// cancelled too.

import type { CloseReason } from "../../core/contract/close-reason.ts";
import { encodeUtf8 } from "../../core/lib/utf8.ts";
import type { Transport } from "./transport.ts";

/** Reasons for which the connection breaks off at once: a client that does not read would delay an orderly end for ever. */
const BROKEN_OFF: ReadonlySet<CloseReason["name"]> = new Set([
  "reads too slowly",
  "too much waits",
  "server restarts",
] as const);

/** How long a client may take to read the last answers. */
const LAST_ANSWERS_MILLIS_MAX = 60_000;

export class TcpTransport implements Transport {
  /** Settles when nothing more can be sent. Never rejects. */
  readonly closed: Promise<void>;
  #bufferedBytes = 0;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(socket: Socket) {
    this.#writer = (socket.writable as WritableStream<Uint8Array>).getWriter();
    this.#reader = (socket.readable as ReadableStream<Uint8Array>).getReader();
    // `read` rejects too.
    this.#reader.closed.catch(() => undefined);
    this.closed = this.#writer.closed.catch(() => undefined);
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** The next piece of what the client sends; `undefined` at its end. Rejects if either end breaks the connection off. */
  async read(): Promise<Uint8Array | undefined> {
    const { value } = await this.#reader.read();
    return value;
  }

  send(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? encodeUtf8(data) : data;
    this.#bufferedBytes += bytes.length;
    const settle = () => {
      this.#bufferedBytes -= bytes.length;
    };
    // `read` reports a broken connection.
    this.#writer.write(bytes).then(settle, settle);
  }

  close({ name }: CloseReason): void {
    if (BROKEN_OFF.has(name)) this.#writer.abort().catch(() => undefined);
    else this.#endOrderly();
    // After the end of the input there is nothing to cancel.
    if (name !== "input ended") this.#reader.cancel().catch(() => undefined);
  }

  #endOrderly(): void {
    this.#writer.close().catch(() => undefined);
    const timer = setTimeout(() => this.#writer.abort().catch(() => undefined), LAST_ANSWERS_MILLIS_MAX);
    void this.closed.then(() => clearTimeout(timer));
  }
}
