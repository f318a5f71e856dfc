// What a server sends, without the answers to marks; it says when the last mark was answered.
//
// A server's message holds whole answers, so a mark's answer lies in one message whole. Bytes of other lines are passed on as
// they are. Keeps HC10.

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
