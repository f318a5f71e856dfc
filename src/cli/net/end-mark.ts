// A line whose answer shows that all lines before it are answered.
//
// Answers come in the order of their commands (LN5), but some commands get no answer (WA2), and some lines that come are no
// answers. So the mark is a line that changes nothing and that nobody else sends: an UNWATCH of a watch that never began. A server
// that refuses it answers with a refusal of that line, which serves as well. The bytes of all other lines pass unchanged.
// Keeps HC28, HC35, HC36 and HC40.

import { randomUUID } from "node:crypto";
import { linesOfBlock } from "../../core/protocol/line-blocks.ts";
import { parseRefusal } from "../../core/protocol/refusal.ts";

const LF = 0x0a;

const ANY_MARK = Buffer.from("UNWATCH end-");

export class EndMark {
  readonly #prefix = `UNWATCH end-${randomUUID()}-`;
  #sent = 0;
  #answered = 0;

  /** The line to send. */
  next(): string {
    return `${this.#prefix}${++this.#sent}`;
  }

  /** Whether this line answers a mark. */
  take(line: string): boolean {
    const said = parseRefusal(line)?.line ?? line;
    if (!said.startsWith(this.#prefix)) return false;
    this.#answered = Number(said.slice(this.#prefix.length));
    return true;
  }

  /** A server's message as lines, without the answers to marks. A message contains whole answers, so none is cut. */
  without(message: Uint8Array): { readonly lines: readonly Uint8Array[]; readonly isMarked: boolean } {
    const ended = message.at(-1) === LF ? message.subarray(0, -1) : message;
    const all = [...linesOfBlock(ended)];
    if (!Buffer.from(message.buffer, message.byteOffset, message.length).includes(ANY_MARK))
      return { lines: all, isMarked: false };
    const lines = all.filter((line) => !this.take(Buffer.from(line).toString("latin1")));
    return { lines, isMarked: lines.length < all.length };
  }

  /** Whether the last mark that was sent is answered. */
  get isReached(): boolean {
    return this.#sent > 0 && this.#answered === this.#sent;
  }
}
