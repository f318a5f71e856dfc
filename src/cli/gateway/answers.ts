// A server's lines without the answers to marks. It also tells when the last mark was answered.
//
// A server's message contains whole answers, so the answer to a mark is never cut. The bytes of all other lines pass unchanged.
// Keeps HC10, HC35 and HC36.

import { Transform, type TransformCallback } from "node:stream";
import type { EndMark } from "../net/end-mark.ts";

const LF = 0x0a;

const UNWATCH = Buffer.from("UNWATCH end-");

export class Answers extends Transform {
  readonly #mark: EndMark;
  readonly #onReached: () => void;

  constructor(mark: EndMark, onReached: () => void) {
    super();
    this.#mark = mark;
    this.#onReached = onReached;
  }

  override _transform(message: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (!message.includes(UNWATCH)) return done(null, message);
    let isMarked = false;
    let from = 0;
    while (from < message.length) {
      const lf = message.indexOf(LF, from);
      const to = lf < 0 ? message.length : lf + 1;
      const line = message.subarray(from, to);
      if (this.#mark.take(line.toString("latin1").trimEnd())) isMarked = true;
      else this.push(line);
      from = to;
    }
    done();
    if (isMarked && this.#mark.isReached) this.#onReached();
  }
}
