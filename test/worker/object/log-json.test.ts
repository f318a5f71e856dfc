// An entry of the log as JSON: what `JSON.stringify` says, on one line, with nothing that a terminal would obey.

import { describe, expect, test } from "vitest";
import type { LogEntry } from "../../../src/core/contract/log-entry.ts";
import { logJson } from "../../../src/worker/object/log-json.ts";

const TEXTS = [
  "Parker",
  "",
  'a "quoted" text',
  "a back\\slash",
  "controls \u0000\n\r\t\u001B[2J\u007F\u009B",
  "turned \u202Eand ended\u2028",
  "héllo 🥝",
  "half \uD800 a character",
  "x".repeat(5000),
];

const entriesOf = (text: string): readonly LogEntry[] => [
  { event: "input", from: text, line: "IAMAT" },
  { event: "input", from: "client 1", line: text },
  { event: "output", to: text, line: text },
  { event: "output", to: "client 1", line: text, more: 17 },
  { event: "accepted", client: text, from: "a client", seq: 3 },
  { event: "accepted", client: "kiwi", from: text, seq: 9_007_199_254_740_991 },
  { event: "stale", client: text, from: text },
  { event: "flood", to: text, reports: 0, upTo: 12 },
  { event: "link down", to: text, reason: text },
  { event: "refused", connection: 1, reason: "an unknown command", line: text },
];

describe("an entry as JSON", () => {
  test.each(TEXTS)("[LI11] is inert, and says what it is given, with %j", (text) => {
    for (const entry of entriesOf(text)) {
      const json = logJson(entry);
      expect(json).not.toMatch(/[\p{Cc}\u2028-\u202E\u2066-\u2069]/u);
      expect(JSON.parse(json)).toEqual(entry);
      // Keys and values in the order and form of JSON.stringify: other tools read the lines by their beginning.
      if (!/[^ -~]/.test(text)) expect(json).toBe(JSON.stringify(entry));
    }
  });
});
