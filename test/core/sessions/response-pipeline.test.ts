import { describe, expect, test } from "vitest";

import { ResponsePipeline, joinAnswers } from "../../../src/core/sessions/response-pipeline.ts";

describe("the answers of a connection", () => {
  test("[LN5] leave in the order of their commands, however they are filled", () => {
    const queue = new ResponsePipeline({ count: 0, expected: 0 });
    const [first, second] = [queue.take(), queue.take()];
    queue.take("third");
    expect(queue.leave()).toEqual([]);
    queue.fill(second, "second");
    expect(queue.leave()).toEqual([]);
    queue.fill(first, "first");
    expect(queue.leave()).toEqual(["first", "second", "third"]);
    expect(queue.isEmpty).toBe(true);
  });

  test("[LN5] leave once, and as far as they are there", () => {
    const queue = new ResponsePipeline({ count: 0, expected: 0 });
    queue.take("first");
    const second = queue.take();
    expect(queue.leave()).toEqual(["first"]);
    expect(queue.leave()).toEqual([]);
    expect(queue.isEmpty).toBe(false);
    queue.fill(second, Uint8Array.of(0xff));
    expect(queue.leave()).toEqual([Uint8Array.of(0xff)]);
  });
});

describe("answers as messages", () => {
  const bytes = Uint8Array.of(0xff);

  test.each([
    ["nothing", [], []],
    ["answers that fit share a message", ["a\n", "b\n", "c\n"], ["a\nb\nc\n"]],
    ["a full message begins the next", ["123\n", "456\n", "7\n"], ["123\n456\n", "7\n"]],
    ["an answer is never cut, however long", ["a\n", "1234567890\n", "b\n"], ["a\n", "1234567890\n", "b\n"]],
    ["bytes go alone, in their place", ["a\n", bytes, bytes, "b\n", "c\n"], ["a\n", bytes, bytes, "b\nc\n"]],
  ])("[LN9] %s", (_, answers, messages) => {
    expect(joinAnswers(answers, 8)).toEqual(messages);
  });
});
