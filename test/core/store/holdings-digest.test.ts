// The digest of what a server holds: the same for the same reports, in whatever order and by whatever way they came.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HoldingsDigest } from "../../../src/core/store/holdings-digest.ts";
import type { Report } from "../../../src/core/protocol/report.ts";
import { seeded } from "../../support/arbitraries.ts";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";
import { MemoryReportStore } from "../../support/memory-report-store.ts";
import { reportOf } from "../../support/reports.ts";
import { FOR_EVER } from "../../support/keepings.ts";

/** Makes it in steps of so many reports. */
function digestOf(reports: readonly Report[], count = 1000): string | null {
  const store = new MemoryReportStore();
  for (const [seq, report] of reports.entries()) store.keep([{ seq, report, isFlooded: true }]);
  const digest = new HoldingsDigest(FOR_EVER);
  digest.ask(0);
  for (let millis = 0; digest.value === null && millis < 100_000; millis += 20) digest.step(store, [], count, millis);
  return digest.value;
}

const clients = (count: number) => Array.from({ length: count }, (_, n) => reportOf(`client-${n}`, String(n)));

describe("the digest of reports", () => {
  test("[HD60] is the same in any order, and in steps of any length", () => {
    const reports = clients(200);
    const digest = digestOf(reports);
    expect(digest).toMatch(/^[0-9a-f]{13}$/);
    expect(digestOf(reports.toReversed())).toBe(digest);
    for (const count of [1, 7, 199, 200, 201]) expect(digestOf(reports, count)).toBe(digest);
    expect(digestOf([])).toBe("0".repeat(13));
  });

  test("[HD60] differs if one report differs, is missing, or is exchanged with another", () => {
    const reports = clients(50);
    const digests = new Set([
      digestOf(reports),
      digestOf(reports.slice(1)),
      digestOf([...reports, ...clients(51).slice(50)]),
    ]);
    for (let n = 0; n < 50; n++) digests.add(digestOf(reports.with(n, reportOf(`client-${n}`, String(n + 1)))));
    expect(digests.size).toBe(53);
  });

  test("[HD60] differs for each of very many reports", () => {
    const digests = new Set(Array.from({ length: 20_000 }, (_, n) => digestOf([reportOf("client", String(n))])));
    expect(digests.size).toBe(20_000);
  });

  test("[HD60] is kept with each report that is taken, at any moment of the making", () => {
    const move = fc.record({
      client: fc.constantFrom("a", "b", "é", "🥝"),
      time: fc.integer({ min: 1, max: 9 }),
      steps: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const store = new MemoryReportStore();
        const digest = new HoldingsDigest(FOR_EVER);
        digest.ask(0);
        let millis = 0;
        const step = () => digest.step(store, [], 1, (millis += 20));
        for (const [seq, { client, time, steps }] of moves.entries()) {
          const [report, previous] = [reportOf(client, String(time)), store.read(client)];
          if (store.keep([{ seq, report }]).kept.size > 0) digest.take(report, previous);
          for (let n = 0; n < steps; n++) step();
        }
        for (let n = 0; n < 6; n++) step();
        const held = ["a", "b", "é", "🥝"].flatMap((client) => store.read(client) ?? []);
        expect(digest.value).toBe(digestOf(held));
      }),
      seeded,
    );
  });
});

describe("a server's digest", () => {
  test("[HD61] is made when it is asked for, and let go when it was not asked for two minutes", () => {
    const herd = new CoreHarness();
    for (const neighbour of [herd.parker, herd.powell]) neighbour.answersDial();
    herd.client().says(iamat("kiwi", 990));
    expect(herd.server.status().digest).toBeNull();
    herd.turn({ type: "digest asked" });
    herd.advance(1000);
    const { digest } = herd.server.status();
    expect(digest).toBe(digestOf([{ client: "kiwi", timeKey: "A1", forgotKey: "", line: at("kiwi", 990) }]));
    herd.client().says(iamat("kiwi", 991));
    expect(herd.server.status().digest).not.toBe(digest);
    herd.client().says(iamat("kiwi", 991.5));
    expect(herd.server.status().digest).toBe(digestOf([herd.store.read("kiwi")].flatMap((report) => report ?? [])));
    herd.advance(121_000);
    herd.client().says("HELLO");
    expect(herd.server.status().digest).toBeNull();
  });

  test("[HD60] has what is held back, and is the neighbour's when both hold the same", () => {
    const herd = new CoreHarness();
    const feed = herd.parker.dials({ features: ["got", "fields"] });
    herd.turn({ type: "digest asked" });
    herd.advance(100);
    feed.sends([at("kiwi", 990, "Parker")], 0, 1);
    expect(herd.store.read("kiwi")).toBeUndefined();
    expect(herd.server.status().digest).toBe(
      digestOf([{ client: "kiwi", timeKey: "A1", forgotKey: "", line: at("kiwi", 990, "Parker") }]),
    );
  });
});
