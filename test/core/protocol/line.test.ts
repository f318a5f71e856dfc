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
    const bytes = new Uint8Array(300_000).map((_, index) => (index % 2 === 0 ? 0x61 : 0x0a));
    expect(splitLines(bytes, LINE_BYTES)).toHaveLength(150_000);
  });

  test.each(["\n\n", "\na\n\n\nb", "a\n\nb\n\n", "\n".repeat(300_000)])(
    "[LN2] the empty lines of %j are none, as text and as bytes",
    (text) => {
      const lines = text.split("\n").filter((line) => line !== "");
      expect(splitLines(text, LINE_BYTES)).toEqual(lines);
      expect(splitLines(new TextEncoder().encode(text), LINE_BYTES)).toEqual(lines);
      const broken = Uint8Array.of(0xff, 0x0a, ...new TextEncoder().encode(text.slice(0, 1000)));
      expect(splitLines(broken, LINE_BYTES)).toEqual([
        { reason: "not UTF-8", echo: Uint8Array.of(0xff) },
        ...text
          .slice(0, 1000)
          .split("\n")
          .filter((line) => line !== ""),
      ]);
    },
  );
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
