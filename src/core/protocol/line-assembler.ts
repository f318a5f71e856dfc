// Lines out of a stream of bytes that may be cut anywhere, as TCP delivers them.
//
// It keeps at most `lineBytes` + 1 bytes of an unfinished line, however long the line becomes. Once a line is too long, its
// answer is known and the rest is skipped up to the LF. Keeps LN7 and LN6 for connections without messages.

import { splitLines, tooLong, type ReceivedLine } from "./line.ts";

const LF = 0x0a;

export class LineAssembler {
  readonly #lineBytes: number;
  readonly #unfinished: Uint8Array;
  #length = 0;
  #isSkipping = false;

  constructor(lineBytes: number) {
    this.#lineBytes = lineBytes;
    this.#unfinished = new Uint8Array(lineBytes + 1);
  }

  /** Whether a line has begun and has not ended. */
  get isUnfinished(): boolean {
    return this.#isSkipping || this.#length > 0;
  }

  /** The lines that this chunk completes, and a line that it makes too long. */
  push(chunk: Uint8Array): ReceivedLine[] {
    const lines: ReceivedLine[] = [];
    let rest = chunk;
    if (this.isUnfinished) {
      const lf = rest.indexOf(LF);
      this.#keep(lf < 0 ? rest : rest.subarray(0, lf), lines);
      if (lf < 0) return lines;
      lines.push(...this.end());
      rest = rest.subarray(lf + 1);
    }
    const lastLf = rest.lastIndexOf(LF);
    if (lastLf >= 0) {
      // One by one: a chunk may hold more lines than a call can take arguments.
      for (const line of splitLines(rest.subarray(0, lastLf), this.#lineBytes)) lines.push(line);
      rest = rest.subarray(lastLf + 1);
    }
    this.#keep(rest, lines);
    return lines;
  }

  /** The last line, if the input ended without LF. */
  end(): ReceivedLine[] {
    const lines = this.#length > 0 ? splitLines(this.#unfinished.slice(0, this.#length), this.#lineBytes) : [];
    this.#length = 0;
    this.#isSkipping = false;
    return lines;
  }

  #keep(bytes: Uint8Array, lines: ReceivedLine[]): void {
    if (this.#isSkipping) return;
    const room = this.#unfinished.length - this.#length;
    this.#unfinished.set(bytes.subarray(0, room), this.#length);
    this.#length += Math.min(bytes.length, room);
    if (this.#length <= this.#lineBytes) return;
    lines.push(tooLong(this.#unfinished, this.#lineBytes));
    this.#length = 0;
    this.#isSkipping = true;
  }
}
