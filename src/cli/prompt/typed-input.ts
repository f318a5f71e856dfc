// What a person types, for Node's readline, which ends a line at U+2028 and U+2029 too. In the protocol they are characters of a
// line like any other (LN2), so readline gets others in their place, and the line gets them back. Keeps HC40.

import { Transform, type Readable, type TransformCallback } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Characters of the private use area, which no keyboard has. */
const STAND_INS = { "\u2028": "\uE928", "\u2029": "\uE929" } as const;

export class TypedInput extends Transform {
  readonly isTTY = true;
  readonly #source: Readable & { setRawMode?: (isRaw: boolean) => unknown };
  readonly #decoder = new StringDecoder("utf8");

  constructor(source: Readable & { setRawMode?: (isRaw: boolean) => unknown }) {
    super({ encoding: "utf8" });
    this.#source = source;
    source.pipe(this);
  }

  /** Readline asks a terminal for each key. */
  setRawMode(isRaw: boolean): this {
    this.#source.setRawMode?.(isRaw);
    return this;
  }

  /** Reads no more of the terminal. */
  leave(): void {
    this.#source.unpipe(this);
    this.#source.pause();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const text = this.#decoder.write(chunk);
    done(null, text.replaceAll("\u2028", STAND_INS["\u2028"]).replaceAll("\u2029", STAND_INS["\u2029"]));
  }
}

/** A line as it was typed. */
export function asTyped(line: string): string {
  return line.replaceAll(STAND_INS["\u2028"], "\u2028").replaceAll(STAND_INS["\u2029"], "\u2029");
}
