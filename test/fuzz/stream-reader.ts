// The lines of a stream, read the plain way: everything that came is kept until its LF (LN1, LN6).

import { readLines, type ReadLine } from "./reference.ts";

export class StreamReader {
  readonly #lineBytes: number;
  #unread = Buffer.alloc(0);
  #isTold = false;

  constructor(lineBytes: number) {
    this.#lineBytes = lineBytes;
  }

  /** The lines that these bytes complete, or show to be too long. */
  read(bytes: Uint8Array): ReadLine[] {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    const lines: ReadLine[] = [];
    for (let lf = this.#unread.indexOf(10); lf >= 0; lf = this.#unread.indexOf(10)) {
      lines.push(...this.#lineOf(this.#unread.subarray(0, lf)));
      this.#unread = this.#unread.subarray(lf + 1);
      this.#isTold = false;
    }
    if (this.#unread.length <= this.#lineBytes) return lines;
    lines.push(...this.#lineOf(this.#unread));
    this.#isTold = true;
    return lines;
  }

  end(): ReadLine[] {
    const lines = this.#lineOf(this.#unread);
    this.#unread = Buffer.alloc(0);
    this.#isTold = false;
    return lines;
  }

  #lineOf(bytes: Buffer): ReadLine[] {
    return this.#isTold ? [] : readLines(bytes, this.#lineBytes);
  }
}
