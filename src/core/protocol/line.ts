// Lines as they come off a connection, before they are read as commands.
//
// A line is text without its LF. A line that is too long or not UTF-8 cannot be a command. It becomes a `BrokenLine`, which
// carries the bytes that its `? ` answer copies back. Nothing here throws: every sequence of bytes is a sequence of lines.
// Keeps LN1, LN2 and LN6.

import { cutAtCharacter, decodeUtf8, encodeUtf8, exceedsBytes } from "../lib/utf8.ts";
import type { RefusalCode } from "./refusal.ts";

/** Why a line can be no command, whatever it says, with the code of its refusal. */
export const BROKEN_LINE_REASONS = { "line too long": "range", "not UTF-8": "syntax" } as const satisfies Record<
  string,
  RefusalCode
>;

interface BrokenLine {
  readonly reason: keyof typeof BROKEN_LINE_REASONS;
  /** What the answer copies back: text if possible, else the bytes as they came. */
  readonly echo: string | Uint8Array;
}

export type ReceivedLine = string | BrokenLine;

const LF = 0x0a;

/** The lines of a message, without those that are empty (LN2). A line above `lineBytes` is broken. */
export function splitLines(message: string | Uint8Array, lineBytes: number): ReceivedLine[] {
  if (typeof message === "string") return textsOf(message).map((line) => holdToLimit(line, lineBytes));
  const text = decodeUtf8(message);
  if (text !== undefined) return splitLines(text, lineBytes);
  const lines: ReceivedLine[] = [];
  for (let start = 0; start < message.length;) {
    const lf = message.indexOf(LF, start);
    const end = lf < 0 ? message.length : lf;
    if (end > start) lines.push(lineOfBytes(message.slice(start, end), lineBytes));
    start = end + 1;
    while (message[start] === LF) start++;
  }
  return lines;
}

/** What stands between LFs. Thousands of LFs must not become thousands of texts. */
function textsOf(message: string): string[] {
  if (message.startsWith("\n") || message.includes("\n\n")) return message.match(/[^\n]+/g) ?? [];
  const texts = message.split("\n");
  if (texts.at(-1) === "") texts.pop();
  return texts;
}

/** The fields of a line. Only the white space of LN2 separates them; JavaScript's `\s` would match more. */
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

/** A line that is too long. `bytes` has more than `lineBytes` bytes of it, but perhaps not all. */
function tooLong(bytes: Uint8Array, lineBytes: number): BrokenLine {
  const whole = cutAtCharacter(bytes, lineBytes);
  return { reason: "line too long", echo: decodeUtf8(whole) ?? bytes.slice(0, lineBytes) };
}
