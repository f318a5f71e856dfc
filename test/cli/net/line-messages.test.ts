// The bytes of TCP as messages of whole lines, wherever they are cut. And the mark that shows that all is answered.

import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EndMark } from "../../../src/cli/net/end-mark.ts";
import { LineMessages } from "../../../src/cli/net/line-messages.ts";

const MESSAGE_BYTES_MAX = 16_384;

async function messagesOf(chunks: readonly Uint8Array[]): Promise<Buffer[]> {
  return Readable.from(chunks, { objectMode: false }).pipe(new LineMessages()).toArray() as Promise<Buffer[]>;
}

test("[HC35] [HC40] every line is in one message, and every message has whole lines", async () => {
  const line = fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constant(new Uint8Array(20_000).fill(0x78)));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 20 }), fc.array(fc.nat(60_000)), async (lines, cuts) => {
      const clean = lines.map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a)));
      const input = Buffer.concat(clean.flatMap((bytes) => [bytes, Buffer.of(0x0a)]));
      const borders = [0, ...cuts.filter((cut) => cut < input.length).toSorted((a, b) => a - b), input.length];
      const chunks = borders.slice(1).map((to, index) => input.subarray(borders[index], to));
      const messages = await messagesOf(chunks.filter((chunk) => chunk.length > 0));
      for (const message of messages) {
        expect(message.length).toBeLessThanOrEqual(MESSAGE_BYTES_MAX);
        expect(message.at(-1)).toBe(0x0a);
      }
      const passed = clean.flatMap((bytes) => [bytes.subarray(0, MESSAGE_BYTES_MAX - 1), Buffer.of(0x0a)]);
      expect(Buffer.concat(messages)).toEqual(Buffer.concat(passed));
    }),
    { numRuns: 50 },
  );
});

test("[HC28] [HC35] a mark is known by either of its answers, and by nothing else", () => {
  const [mark, other] = [new EndMark(), new EndMark()];
  const [first, second] = [mark.next(), mark.next()];
  expect(mark.take(other.next())).toBe(false);
  expect(mark.take(`HELLO ${first}`)).toBe(false);
  expect(mark.take(first)).toBe(true);
  expect(mark.isReached).toBe(false);
  expect(mark.take(`?forbidden ${second}`)).toBe(true);
  expect(mark.isReached).toBe(true);
});
