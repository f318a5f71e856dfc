// Bytes that may come over the wire, and their lines, for lines of at most `LINE_BYTES` bytes.
//
// The same vectors go through the splitter of messages and, cut at every place, through the assembler of streams. Empty lines
// are left out on both sides (LN2).

import type { ReceivedLine } from "../../src/core/protocol/line.ts";

export const LINE_BYTES = 8;

export interface WireVector {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly lines: readonly ReceivedLine[];
}

const bytesOf = (...parts: readonly (string | number)[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? Array.from(new TextEncoder().encode(part)) : part)),
  );

const tooLong = (echo: string | Uint8Array): ReceivedLine => ({ reason: "line too long", echo });
const notUtf8 = (...echo: readonly (string | number)[]): ReceivedLine => ({
  reason: "not UTF-8",
  echo: bytesOf(...echo),
});

export const WIRE_VECTORS: readonly WireVector[] = [
  { what: "nothing", bytes: bytesOf(), lines: [] },
  { what: "empty lines", bytes: bytesOf("\n\n\n"), lines: [] },
  { what: "one line without LF", bytes: bytesOf("a"), lines: ["a"] },
  { what: "one line with LF", bytes: bytesOf("a\n"), lines: ["a"] },
  { what: "two lines", bytes: bytesOf("a\nb"), lines: ["a", "b"] },
  { what: "empty lines between", bytes: bytesOf("\na\n\n\nb\n\n"), lines: ["a", "b"] },
  { what: "CR LF: the CR stays in the line", bytes: bytesOf("a\r\nb\r\n"), lines: ["a\r", "b\r"] },
  { what: "white space, NUL and tabs", bytes: bytesOf(" \t\v\f\n\0 b"), lines: [" \t\v\f", "\0 b"] },
  { what: "U+2028, U+0085: no line ends", bytes: bytesOf("a\u2028b\u0085"), lines: ["a\u2028b\u0085"] },
  { what: "a leading U+FEFF, kept", bytes: bytesOf("\ufeffa\n\ufeffb"), lines: ["\ufeffa", "\ufeffb"] },
  { what: "a line at the limit", bytes: bytesOf("12345678\n12345678"), lines: ["12345678", "12345678"] },
  { what: "one byte too many", bytes: bytesOf("123456789"), lines: [tooLong("12345678")] },
  { what: "a CR too many", bytes: bytesOf("12345678\r\n"), lines: [tooLong("12345678")] },
  { what: "a character at the limit", bytes: bytesOf("1234\u{1f9ed}"), lines: ["1234\u{1f9ed}"] },
  { what: "é over the limit", bytes: bytesOf("1234567é"), lines: [tooLong("1234567")] },
  { what: "€ over the limit", bytes: bytesOf("123456€"), lines: [tooLong("123456")] },
  { what: "an emoji over the limit", bytes: bytesOf("12345\u{1f9ed}"), lines: [tooLong("12345")] },
  { what: "é just before the limit", bytes: bytesOf("123456é9"), lines: [tooLong("123456é")] },
  {
    what: "a very long line between two others",
    bytes: bytesOf("a\n", "0123456789".repeat(10), "\nb"),
    lines: ["a", tooLong("01234567"), "b"],
  },
  {
    what: "two long lines",
    bytes: bytesOf("1234567890\nabcdefghijk\n"),
    lines: [tooLong("12345678"), tooLong("abcdefgh")],
  },
  { what: "FF", bytes: bytesOf("a", 0xff), lines: [notUtf8("a", 0xff)] },
  {
    what: "FF in the middle line only",
    bytes: bytesOf("é\na", 0xff, "b\nc"),
    lines: ["é", notUtf8("a", 0xff, "b"), "c"],
  },
  { what: "a character cut off", bytes: bytesOf(0xe2, 0x82, "\nb"), lines: [notUtf8(0xe2, 0x82), "b"] },
  { what: "a continuation alone", bytes: bytesOf(0x80), lines: [notUtf8(0x80)] },
  { what: "NUL in two bytes", bytes: bytesOf(0xc0, 0x80), lines: [notUtf8(0xc0, 0x80)] },
  { what: "half a surrogate pair", bytes: bytesOf(0xed, 0xa0, 0x80), lines: [notUtf8(0xed, 0xa0, 0x80)] },
  { what: "bytes at the limit", bytes: bytesOf("1234567", 0xff), lines: [notUtf8("1234567", 0xff)] },
  {
    what: "too long and not UTF-8",
    bytes: bytesOf(...Array<number>(12).fill(0xff)),
    lines: [tooLong(bytesOf(...Array<number>(8).fill(0xff)))],
  },
  {
    what: "too long, of continuations only",
    bytes: bytesOf(...Array<number>(12).fill(0x80)),
    lines: [tooLong(bytesOf(...Array<number>(8).fill(0x80)))],
  },
  { what: "not UTF-8 after the cut only", bytes: bytesOf("12345678", 0xff), lines: [tooLong("12345678")] },
  {
    what: "a lead byte at the cut without its continuation",
    bytes: bytesOf("1234567", 0xc3, "A"),
    lines: [tooLong(bytesOf("1234567", 0xc3))],
  },
];
