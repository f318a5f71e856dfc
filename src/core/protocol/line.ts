// Lines as they come off a connection, before anyone asks what they mean.
//
// A line is text without its LF. One that cannot be a command whatever it says (too long, not UTF-8) becomes a
// `BrokenLine`, which carries what its `? ` answer copies back. Nothing here throws: every sequence of bytes is a
// sequence of lines. Keeps LN1, LN2 and LN6.

import { cutAtCharacter, decodeUtf8, encodeUtf8, exceedsBytes } from "../lib/utf8.ts";

/** Why a line can be no command, whatever it says. */
export const BROKEN_LINE_REASONS = ["line too long", "not UTF-8"] as const;

export interface BrokenLine {
  readonly reason: (typeof BROKEN_LINE_REASONS)[number];
  /** What to copy back: text where it can be, else the bytes as they came. */
  readonly echo: string | Uint8Array;
}

export type ReceivedLine = string | BrokenLine;

const LF = 0x0a;

/** The lines of a message, each held to `lineBytes`. An empty line stands for nothing and is ignored later (LN2). */
export function splitLines(message: string | Uint8Array, lineBytes: number): ReceivedLine[] {
  if (typeof message === "string") return message.split("\n").map((line) => holdToLimit(line, lineBytes));
  const text = decodeUtf8(message);
  if (text !== undefined) return splitLines(text, lineBytes);
  const lines: ReceivedLine[] = [];
  let start = 0;
  while (start <= message.length) {
    const lf = message.indexOf(LF, start);
    const end = lf < 0 ? message.length : lf;
    lines.push(lineOfBytes(message.slice(start, end), lineBytes));
    start = end + 1;
  }
  return lines;
}

/** The fields of a line: what stands between runs of LN2's white space, which is narrower than JavaScript's `\s`. */
export function fieldsOf(line: string): string[] {
  return line.match(/[^ \t\r\f\v]+/g) ?? [];
}

function holdToLimit(line: string, lineBytes: number): ReceivedLine {
  return exceedsBytes(line, lineBytes) ? tooLong(encodeUtf8(line), lineBytes) : line;
}

function lineOfBytes(bytes: Uint8Array, lineBytes: number): ReceivedLine {
  if (bytes.length > lineBytes) return tooLong(bytes, lineBytes);
  return decodeUtf8(bytes) ?? { reason: "not UTF-8", echo: bytes };
}

/** `bytes` holds more than `lineBytes` bytes of a line, though perhaps not all of it. */
export function tooLong(bytes: Uint8Array, lineBytes: number): BrokenLine {
  const whole = cutAtCharacter(bytes, lineBytes);
  return { reason: "line too long", echo: decodeUtf8(whole) ?? bytes.slice(0, lineBytes) };
}
