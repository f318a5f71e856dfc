import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { RecentLog } from "../../../src/core/store/recent-log.ts";
import { seeded } from "../../support/arbitraries.ts";

/** Appends one report each: its number is its place after `first`, its client the name given. */
function logOf(sizeMax: number, floor: number, clients: readonly string[], first = floor + 1): RecentLog {
  const log = new RecentLog(sizeMax, floor);
  const held = new Map(clients.map((client) => [client, { recent: undefined }]));
  for (const [index, client] of clients.entries()) {
    const report = { client, timeKey: "A1", forgotKey: "", line: `AT of ${client}` };
    log.append({ seq: first + index, report, source: undefined, held: held.get(client) ?? { recent: undefined } });
  }
  return log;
}

const seqsAfter = (log: RecentLog, seq: number, count = 100) => log.after(seq, count).map((entry) => entry.seq);

describe("the recent reports", () => {
  test("[CU3] come in order of seq, from any number on, up to a count", () => {
    const log = logOf(100, 10, ["a", "b", "c", "d"]);
    expect(seqsAfter(log, 10)).toEqual([11, 12, 13, 14]);
    expect(seqsAfter(log, 12)).toEqual([13, 14]);
    expect(seqsAfter(log, 14)).toEqual([]);
    expect(seqsAfter(log, 10, 3)).toEqual([11, 12, 13]);
  });

  test("[CU3] a client that moved many times is in them once, with its last", () => {
    expect(seqsAfter(logOf(100, 0, ["a", "b", "a", "a", "c", "a"]), 0)).toEqual([2, 5, 6]);
    expect(seqsAfter(logOf(100, 0, ["a", "b", "a", "a", "c", "a"]), 0, 2)).toEqual([2, 5]);
  });

  test("[CU18] are bounded, and say where they begin", () => {
    const log = logOf(3, 0, ["a", "b", "c"]);
    expect(log.floor).toBe(0);
    expect(logOf(3, 0, ["a", "b", "c", "d", "e"]).floor).toBe(2);
    expect(seqsAfter(logOf(3, 0, ["a", "b", "c", "d", "e"]), 2)).toEqual([3, 4, 5]);
  });

  test("[CU18] begin at the highest number that the store current, so that waking never scans", () => {
    expect(logOf(3, 70, []).floor).toBe(70);
    expect(logOf(3, 70, ["a"], 100).floor).toBe(70);
    expect(seqsAfter(logOf(3, 70, ["a"], 100), 70)).toEqual([100]);
  });

  test("[CU3] however many came: everything above the floor is in them, or was superseded by what is", () => {
    const clients = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 60 });
    const property = fc.property(clients, fc.integer({ min: 1, max: 12 }), fc.nat(60), (moves, sizeMax, after) => {
      const log = logOf(sizeMax, 0, moves);
      const last = new Map(moves.map((client, index) => [client, index + 1]));
      const wanted = [...last.values()].filter((seq) => seq > Math.max(after, log.floor)).toSorted((a, b) => a - b);
      expect(seqsAfter(log, Math.max(after, log.floor))).toEqual(wanted);
      expect(log.floor).toBe(Math.max(0, moves.length - sizeMax));
    });
    fc.assert(property, seeded);
  });
});
