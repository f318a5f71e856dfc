import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { compareUtf8, cutAtCharacter, decodeUtf8, encodeUtf8, exceedsBytes } from "../../../src/core/lib/utf8.ts";
import { seeded } from "../../support/arbitraries.ts";

const text = fc.string({ unit: "binary", maxLength: 30 });

describe("text and its bytes", () => {
  test("[LN11] text comes back from its bytes, U+FEFF included", () => {
    const property = fc.property(text, (written) => {
      expect(decodeUtf8(encodeUtf8(`\ufeff${written}`))).toBe(`\ufeff${written}`);
    });
    fc.assert(property, seeded);
  });

  test.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf4, 0x90, 0x80, 0x80]], [[0xe2, 0x82]]])(
    "[LN11] %j is not UTF-8",
    (bytes) => {
      expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined();
    },
  );

  test("[WT8] texts are in the order of their bytes", () => {
    const property = fc.property(text, text, text, (shared, one, other) => {
      const [first, second] = [shared + one, shared + other];
      const inBytes = Buffer.compare(Buffer.from(first), Buffer.from(second));
      expect(Math.sign(compareUtf8(first, second))).toBe(inBytes);
    });
    fc.assert(property, seeded);
  });

  test("[LN6] a limit counts bytes, not characters", () => {
    const property = fc.property(text, fc.nat(90), (written, limit) => {
      expect(exceedsBytes(written, limit)).toBe(Buffer.byteLength(written) > limit);
    });
    fc.assert(property, seeded);
  });

  test("[LN6] a cut keeps as many whole characters as fit", () => {
    const property = fc.property(text, fc.nat(90), (written, limit) => {
      let fitting = "";
      for (const character of written) {
        if (Buffer.byteLength(fitting + character) > limit) break;
        fitting += character;
      }
      expect(decodeUtf8(cutAtCharacter(encodeUtf8(written), limit))).toBe(fitting);
    });
    fc.assert(property, seeded);
  });

  test("[LN6] a cut of bytes that are no characters keeps as many bytes as fit", () => {
    expect(cutAtCharacter(new Uint8Array(20).fill(0x80), 8)).toHaveLength(8);
  });
});
