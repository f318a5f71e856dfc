// The bytes of a TCP stream as messages of whole lines, as a WebSocket of the herd takes them (LN1).
//
// No byte of a line is changed: the server itself answers a line that is too long or is not UTF-8. A line that is longer than a
// message is cut to a message, which is more than a server reads of it (LN6). So memory is bounded. The end of the input ends the
// last line. Keeps HC10 and HC35.

import { Transform, type TransformCallback } from "node:stream";

const LF = 0x0a;

/** The longest message, and the longest line: a quarter of what a server takes by default (`limits.messageBytes`). */
const MESSAGE_BYTES_MAX = 16_384;

export class LineMessages extends Transform {
  /** The beginning of a line whose LF has not come yet. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  #message: Buffer[] = [];
  #messageBytes = 0;
  /** Called after each chunk that completed a line. */
  readonly #onLines: () => void;

  /** `onLines` is called after each chunk that completed a line, when its messages have been pushed. */
  constructor(onLines: () => void = () => {}) {
    super({ readableObjectMode: true });
    this.#onLines = onLines;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    for (let lf = chunk.indexOf(LF); lf >= 0; lf = chunk.indexOf(LF, from)) {
      this.#begin(chunk.subarray(from, lf));
      this.#endLine();
      from = lf + 1;
    }
    this.#begin(chunk.subarray(from));
    if (this.#flushMessage()) this.#onLines();
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#begunBytes > 0) this.#endLine();
    if (this.#flushMessage()) this.#onLines();
    done();
  }

  #begin(bytes: Buffer): void {
    const part = bytes.subarray(0, MESSAGE_BYTES_MAX - 1 - this.#begunBytes);
    if (part.length === 0) return;
    this.#begun.push(part);
    this.#begunBytes += part.length;
  }

  #endLine(): void {
    const bytes = this.#begunBytes + 1;
    if (this.#messageBytes + bytes > MESSAGE_BYTES_MAX) this.#flushMessage();
    this.#message.push(...this.#begun, Buffer.of(LF));
    this.#messageBytes += bytes;
    this.#begun = [];
    this.#begunBytes = 0;
  }

  #flushMessage(): boolean {
    if (this.#messageBytes === 0) return false;
    this.push(Buffer.concat(this.#message, this.#messageBytes));
    this.#message = [];
    this.#messageBytes = 0;
    return true;
  }
}
