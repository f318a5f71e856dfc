import { describe, expect, test } from "vitest";

import { fieldsOf, splitLines } from "../../../src/core/protocol/line.ts";
import { LINE_BYTES, WIRE_VECTORS } from "../../support/wire-vectors.ts";

describe("the lines of a message", () => {
  test.each(WIRE_VECTORS)("[LN1] [LN6] in bytes: $what", ({ bytes, lines }) => {
    expect(splitLines(bytes, LINE_BYTES).filter((line) => line !== "")).toEqual(lines);
  });

  const asText = WIRE_VECTORS.flatMap(({ what, bytes, lines }) => {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return text.includes("\ufffd") ? [] : { what, text, lines };
  });

  test.each(asText)("[LN1] [LN6] as text: $what", ({ text, lines }) => {
    expect(splitLines(text, LINE_BYTES).filter((line) => line !== "")).toEqual(lines);
  });

  test("[LN1] a message may hold very many lines", () => {
    expect(splitLines(new Uint8Array(300_000).fill(0x0a), LINE_BYTES)).toHaveLength(300_001);
  });
});

describe("the fields of a line", () => {
  test.each([
    ["a b c", ["a", "b", "c"]],
    ["  a \t b\r", ["a", "b"]],
    ["\fa\vb\f", ["a", "b"]],
    ["", []],
    [" \t\r\f\v", []],
    ["a\u00a0b", ["a\u00a0b"]],
    ["a\u2028b \ufeff", ["a\u2028b", "\ufeff"]],
    ["a\u0085b\u1680c\u3000", ["a\u0085b\u1680c\u3000"]],
    ["\0 \x1f", ["\0", "\x1f"]],
  ])("[LN2] %j", (line, fields) => {
    expect(fieldsOf(line)).toEqual(fields);
  });
});
