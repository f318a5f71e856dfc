import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  formatFrame,
  formatReceipt,
  formatSync,
  parseFrame,
  parseReceipt,
  parseSync,
} from "../../../src/core/protocol/frame.ts";
import { seeded } from "../../support/arbitraries.ts";

const epoch = fc.stringMatching(/^[0-9a-z]{1,22}$/);
const seq = fc.maxSafeNat();
const line = fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).filter((text) => !text.includes("\n"));

describe("the words of a feed", () => {
  test("[CU2] are these", () => {
    expect(formatSync({ epoch: "e1", seq: 7, incarnation: "r1", features: [] })).toBe("SYNC e1 7 r1\n");
    expect(formatSync({ epoch: "e1", seq: 7, incarnation: "r1", features: ["got", "fields"] })).toBe(
      "SYNC e1 7 r1 features=got,fields\n",
    );
    expect(formatReceipt({ word: "ACK", to: 7, frames: 2 })).toBe("ACK 7 2\n");
    expect(formatReceipt({ word: "GOT", to: 7, frames: undefined })).toBe("GOT 7\n");
    expect(formatFrame({ lines: ["AT a", "AT b"], epoch: "e1", from: 5, to: 7 })).toBe("AT a\nAT b\nSEQ e1 5 7\n");
    expect(formatFrame({ lines: [], epoch: "e1", from: 5, to: 7 })).toBe("SEQ e1 5 7\n");
  });

  test("[CU2] parse after format is identity", () => {
    const frame = fc.record({ lines: fc.array(line, { maxLength: 5 }), epoch, from: seq, to: seq });
    const features = fc.constantFrom([], ["got"], ["got", "fields"], ["a-later-one"]);
    const sync = fc.record({ epoch, seq, incarnation: epoch, features });
    const frames = fc.option(fc.integer({ min: 1, max: 999_999_999 }), { nil: undefined });
    const receipt = fc.record({ word: fc.constantFrom("ACK", "GOT"), to: seq, frames });
    const property = fc.property(frame, sync, receipt, (sentFrame, sentSync, sentReceipt) => {
      expect(parseFrame(formatFrame(sentFrame))).toEqual(sentFrame);
      expect(parseSync(formatSync(sentSync))).toEqual(sentSync);
      expect(parseReceipt(formatReceipt(sentReceipt))).toEqual(sentReceipt);
    });
    fc.assert(property, seeded);
  });

  test.each([
    "",
    "\n",
    "AT Parker +0.000000000 a +0+0 1",
    "SEQ e1 0",
    "SEQ e1 0 1 2",
    "SEQ e1 -1 1",
    "SEQ e1 0 1.5",
    "SEQ e1 0 12345678901234567",
    "SEQ  e1 0 1",
    "SEQ e1 0 1\r",
    "SEQ e1 0 1\nAT Parker +0.000000000 a +0+0 1",
    "SEQ e1 0 1\n\n",
    "seq e1 0 1",
  ])("[CU13] %j is no frame: its last line does not say what it covers", (message) => {
    expect(parseFrame(message)).toBeUndefined();
  });

  test.each([
    "",
    "SYNC e1 7",
    "SYNC e1 x r1",
    "SYNC e1 7 r1 more",
    "SYNC e1 7 r1 features=",
    "SYNC e1 7 r1  a=b",
    "SYNC e1 7 r1\n\n",
    "sync e1 7 r1",
    "ACK 7",
  ])("[CU2] %j is no SYNC", (message) => {
    expect(parseSync(message)).toBeUndefined();
  });

  test.each([
    "",
    "ACK",
    "ACK -1",
    "ACK 1.5",
    "ACK 7 0",
    "ACK 7 -1",
    "ACK 7 1.5",
    "ACK 7 1234567890",
    "ACK 7 8 9",
    "ACK 7  8",
    "ACK 7\nACK 8",
    "ACK 12345678901234567",
    "SYNC e1 7 r1",
    "GOT",
    "GOT x",
  ])("[CU17] %j is no receipt", (message) => {
    expect(parseReceipt(message)).toBeUndefined();
  });

  test("[FL5] a SYNC may say more than is known here", () => {
    expect(parseSync("SYNC e1 7 r1 load=0.7 features=got,flight zone=x\n")).toEqual({
      epoch: "e1",
      seq: 7,
      incarnation: "r1",
      features: ["got", "flight"],
    });
  });
});
