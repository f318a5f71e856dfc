// Lines out of a stream of bytes that may be cut anywhere, as TCP delivers them to a server.
//
// line-blocks.ts finds the lines. Here they become text, or broken lines if they are too long or not UTF-8. Once a line is too
// long, its answer is known and the rest is skipped up to the LF. Keeps LN7 and LN6 for connections without messages.

import { LineBlocks } from "./line-blocks.ts";
import { splitLines, type ReceivedLine } from "./line.ts";

export class LineAssembler {
  readonly #lineBytes: number;
  readonly #blocks: LineBlocks;

  constructor(lineBytes: number) {
    this.#lineBytes = lineBytes;
    // One byte more than a line may have shows that it is too long.
    this.#blocks = new LineBlocks(lineBytes + 1);
  }

  /** Whether a line has begun and has not ended. */
  get isUnfinished(): boolean {
    return this.#blocks.isUnfinished;
  }

  /** The lines that this chunk completes, and a line that it makes too long. */
  push(chunk: Uint8Array): ReceivedLine[] {
    return this.#linesOf(this.#blocks.push(chunk));
  }

  /** The last line, if the input ended without LF. */
  end(): ReceivedLine[] {
    return this.#linesOf(this.#blocks.end());
  }

  #linesOf(blocks: readonly Uint8Array[]): ReceivedLine[] {
    const [only] = blocks;
    if (only === undefined) return [];
    return blocks.length === 1
      ? splitLines(only, this.#lineBytes)
      : blocks.flatMap((block) => splitLines(block, this.#lineBytes));
  }
}
