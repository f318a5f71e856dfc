// The bytes of a stream as messages of whole lines, as a WebSocket of the herd takes them (LN1): for the gateway, and for the
// input of `connect`.
//
// No byte of a line is changed: the server itself answers a line that is too long or is not UTF-8. A line that is longer than a
// message is cut to a message, which is more than a server reads of it (LN6). So memory is bounded. The end of the input ends the
// last line. Keeps HC10, HC35 and HC40.

import { Transform, type TransformCallback } from "node:stream";
import { LineBlocks, linesOfBlock } from "../../core/protocol/line-blocks.ts";

const LF = Buffer.of(0x0a);

/** The longest message, and the longest line: a quarter of what a server takes by default (`limits.messageBytes`). */
const MESSAGE_BYTES_MAX = 16_384;

export interface LineMessagesOptions {
  /** Lines of a message at most; any number by default. */
  readonly linesMax?: number;
  /** Called after each chunk that completed a line, when its messages have been pushed. */
  readonly onLines?: () => void;
}

export class LineMessages extends Transform {
  readonly #blocks = new LineBlocks(MESSAGE_BYTES_MAX - 1);
  readonly #linesMax: number;
  readonly #onLines: () => void;
  #message: Uint8Array[] = [];
  #messageBytes = 0;
  #messageLines = 0;

  constructor({ linesMax = Infinity, onLines = () => {} }: LineMessagesOptions = {}) {
    super({ readableObjectMode: true });
    this.#linesMax = linesMax;
    this.#onLines = onLines;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#take(this.#blocks.push(chunk));
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#take(this.#blocks.end());
    done();
  }

  #take(blocks: readonly Uint8Array[]): void {
    for (const block of blocks) for (const line of linesOfBlock(block)) this.#add(line);
    if (this.#flushMessage()) this.#onLines();
  }

  #add(line: Uint8Array): void {
    const taken = line.subarray(0, MESSAGE_BYTES_MAX - 1);
    const bytes = taken.length + 1;
    if (this.#messageBytes + bytes > MESSAGE_BYTES_MAX || this.#messageLines >= this.#linesMax) this.#flushMessage();
    this.#message.push(taken, LF);
    this.#messageBytes += bytes;
    this.#messageLines++;
  }

  #flushMessage(): boolean {
    if (this.#messageBytes === 0) return false;
    this.push(Buffer.concat(this.#message, this.#messageBytes));
    this.#message = [];
    this.#messageBytes = 0;
    this.#messageLines = 0;
    return true;
  }
}
