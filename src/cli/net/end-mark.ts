// A line whose answer shows that all lines before it are answered.
//
// Answers come in the order of their commands (LN5), but some commands get no answer (WA2), and some lines that come are no
// answers. So the mark is a line that changes nothing and that nobody else sends: an UNWATCH of a watch that never began. A server
// that allows this client no watch answers it with `? `, which serves as well. Keeps HC28, HC35 and HC36.

import { randomUUID } from "node:crypto";

export class EndMark {
  readonly #prefix = `UNWATCH end-${randomUUID()}-`;
  #sent = 0;
  #answered = 0;

  /** The line to send. */
  next(): string {
    return `${this.#prefix}${++this.#sent}`;
  }

  /** Whether this line answers a mark. Such a line is not passed on. */
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
