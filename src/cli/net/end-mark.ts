// A line by whose answer one knows that all lines before it are answered.
//
// Answers come in the order of their commands (LN5), but not every command is answered (WA2), and not every line that comes is
// an answer. So who wants to know when all is said sends a line that changes nothing and that nobody else would send: the end
// of a watch that never began. A server that knows no watches, or lets this client watch nothing, answers it with `? `,
// which does as well.

import { randomUUID } from "node:crypto";

export class EndMark {
  readonly #prefix = `UNWATCH end-${randomUUID()}-`;
  #sent = 0;
  #answered = 0;

  /** The line to send. */
  next(): string {
    return `${this.#prefix}${++this.#sent}`;
  }

  /** Whether this line that came is the answer to a mark; then it is for nobody else. */
  take(line: string): boolean {
    const start = line.indexOf(this.#prefix);
    if (start !== 0 && !(start === 2 && line.startsWith("? "))) return false;
    this.#answered = Number(line.slice(start + this.#prefix.length));
    return true;
  }

  /** Whether the last mark that was sent is answered. */
  get isReached(): boolean {
    return this.#sent > 0 && this.#answered === this.#sent;
  }
}
