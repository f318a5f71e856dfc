import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { LineAssembler } from "../../../src/core/protocol/line-assembler.ts";
import { splitLines, type ReceivedLine } from "../../../src/core/protocol/line.ts";
import { seeded } from "../../support/arbitraries.ts";
import { LINE_BYTES, WIRE_VECTORS } from "../../support/wire-vectors.ts";

/** The lines of a stream that comes in these pieces, without empty ones. */
function assembled(pieces: readonly Uint8Array[], lineBytes = LINE_BYTES): ReceivedLine[] {
  const assembler = new LineAssembler(lineBytes);
  const lines = pieces.flatMap((piece) => assembler.push(piece));
  return [...lines, ...assembler.end()].filter((line) => line !== "");
}

/** The bytes cut before each of these indices. */
function cutAt(bytes: Uint8Array, indices: readonly number[]): Uint8Array[] {
  const borders = [0, ...indices.map((index) => index % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return borders.slice(1).map((end, piece) => bytes.slice(borders[piece], end));
}

describe("the lines of a stream", () => {
  test.each(WIRE_VECTORS)("[LN7] [LN6] in one piece: $what", ({ bytes, lines }) => {
    expect(assembled([bytes])).toEqual(lines);
  });

  test.each(WIRE_VECTORS)("[LN7] [LN6] byte by byte: $what", ({ bytes, lines }) => {
    expect(assembled([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(lines);
  });

  test.each(WIRE_VECTORS)("[LN7] [LN6] cut in two at every place: $what", ({ bytes, lines }) => {
    for (let at = 0; at <= bytes.length; at++) expect(assembled(cutAt(bytes, [at]))).toEqual(lines);
  });

  test("[LN7] however a stream is cut, its lines are those of a message", () => {
    // Mostly what makes a difference: LF, short text, long text, halves of characters, bytes that are no character.
    const part = fc.oneof(
      fc
        .constantFrom("\n", "a", "1234567", "123456789012", "é", "€", "\u{1f9ed}", "\r")
        .map((text) => Array.from(new TextEncoder().encode(text))),
      fc.constantFrom([0xff], [0x80], [0xe2, 0x82], [0xf0]),
    );
    const stream = fc.array(part, { maxLength: 20 }).map((parts) => Uint8Array.from(parts.flat()));
    const property = fc.property(stream, fc.array(fc.nat(), { maxLength: 6 }), (bytes, cuts) => {
      const lines = splitLines(bytes, LINE_BYTES).filter((line) => line !== "");
      expect(assembled(cutAt(bytes, cuts))).toEqual(lines);
      expect(assembled([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(lines);
    });
    fc.assert(property, { ...seeded, numRuns: 2000 });
  });

  test("[LN7] a line comes out with its LF: not before, and not with the next line", () => {
    const assembler = new LineAssembler(LINE_BYTES);
    const push = (text: string) => assembler.push(new TextEncoder().encode(text));
    expect(["IAM", "AT", "\n", "b\nc"].map(push)).toEqual([[], [], ["IAMAT"], ["b"]]);
    expect(assembler.end()).toEqual(["c"]);
  });

  test("[LN6] a line is known to be too long at its first byte too many; the rest of it is not kept", () => {
    const assembler = new LineAssembler(LINE_BYTES);
    const push = (text: string) => assembler.push(new TextEncoder().encode(text));
    expect(push("12345678")).toEqual([]);
    expect(push("9")).toEqual([{ reason: "line too long", echo: "12345678" }]);
    expect(push("and so on, and on")).toEqual([]);
    expect(push("\nnext\n")).toEqual(["next"]);
    expect(assembler.end()).toEqual([]);
  });

  test("[LN7] a chunk may hold very many lines", () => {
    const assembler = new LineAssembler(LINE_BYTES);
    expect(assembler.push(new TextEncoder().encode("a\n".repeat(300_000)))).toHaveLength(300_000);
  });

  test("[LN6] what an answer copies back does not change when the next bytes come", () => {
    const assembler = new LineAssembler(LINE_BYTES);
    const chunk = Uint8Array.of(0xff, 0x0a);
    const [, line] = [assembler.push(Uint8Array.of(0x61)), ...assembler.push(chunk)];
    chunk.fill(0x7a);
    assembler.push(new TextEncoder().encode("zzzzzz"));
    expect(line).toEqual({ reason: "not UTF-8", echo: Uint8Array.of(0x61, 0xff) });
  });
});
