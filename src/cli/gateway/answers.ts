// A server's lines without the answers to marks. It also tells when the last mark was answered. Keeps HC10, HC35 and HC36.

import { Transform, type TransformCallback } from "node:stream";
import type { EndMark } from "../net/end-mark.ts";

const LF = Buffer.of(0x0a);

export class Answers extends Transform {
  readonly #mark: EndMark;
  readonly #onReached: () => void;

  constructor(mark: EndMark, onReached: () => void) {
    super();
    this.#mark = mark;
    this.#onReached = onReached;
  }

  override _transform(message: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const { lines, isMarked } = this.#mark.without(message);
    if (!isMarked) return done(null, message);
    for (const line of lines) this.push(Buffer.concat([line, LF]));
    done();
    if (this.#mark.isReached) this.#onReached();
  }
}
