// The one place that finds lines in a stream of bytes, wherever the stream is cut: TCP at a server, TCP at a gateway, and the
// input of a command.
//
// Only an LF ends a line (LN2), and no byte is changed or decoded here. It keeps at most so many bytes of a line that has not
// ended. A line that has as many is given as soon as they are there, and its rest is skipped up to the LF. So memory is bounded,
// however long a line becomes. Keeps LN7, LN6 and HC40.

const LF = 0x0a;

export class LineBlocks {
  readonly #unfinished: Uint8Array;
  #length = 0;
  #isSkipping = false;

  /** @param lineBytesMax What is kept of a line that comes in several chunks. */
  constructor(lineBytesMax: number) {
    this.#unfinished = new Uint8Array(lineBytesMax);
  }

  /** Whether a line has begun and has not ended. */
  get isUnfinished(): boolean {
    return this.#isSkipping || this.#length > 0;
  }

  /**
   * What this chunk completes: blocks of whole lines, each without its last LF. A line that began in an earlier chunk is a block
   * of its own. A block may share the memory of the chunk.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const blocks: Uint8Array[] = [];
    let rest = chunk;
    if (this.isUnfinished) {
      const lf = rest.indexOf(LF);
      this.#keep(lf < 0 ? rest : rest.subarray(0, lf), blocks);
      if (lf < 0) return blocks;
      blocks.push(...this.end());
      rest = rest.subarray(lf + 1);
    }
    const lastLf = rest.lastIndexOf(LF);
    if (lastLf >= 0) {
      blocks.push(rest.subarray(0, lastLf));
      rest = rest.subarray(lastLf + 1);
    }
    this.#keep(rest, blocks);
    return blocks;
  }

  /** The last line, if the input ended without LF. */
  end(): Uint8Array[] {
    const blocks = this.#length > 0 ? [this.#unfinished.slice(0, this.#length)] : [];
    this.#length = 0;
    this.#isSkipping = false;
    return blocks;
  }

  #keep(bytes: Uint8Array, blocks: Uint8Array[]): void {
    if (this.#isSkipping) return;
    const room = this.#unfinished.length - this.#length;
    this.#unfinished.set(bytes.subarray(0, room), this.#length);
    this.#length += Math.min(bytes.length, room);
    if (this.#length < this.#unfinished.length) return;
    blocks.push(this.#unfinished.slice());
    this.#length = 0;
    this.#isSkipping = true;
  }
}

/** The lines of a block, without their LFs. They share its memory. */
export function* linesOfBlock(block: Uint8Array): Generator<Uint8Array, void, undefined> {
  let from = 0;
  for (let lf = block.indexOf(LF); lf >= 0; lf = block.indexOf(LF, from)) {
    yield block.subarray(from, lf);
    from = lf + 1;
  }
  yield block.subarray(from);
}
