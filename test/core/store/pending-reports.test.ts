import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { HoldingsDigest } from "../../../src/core/store/holdings-digest.ts";
import type { Offer, Source } from "../../../src/core/store/held.ts";
import { PendingReports } from "../../../src/core/store/pending-reports.ts";
import { seeded } from "../../support/arbitraries.ts";
import { MemoryReportStore } from "../../support/memory-report-store.ts";
import { reportOf } from "../../support/reports.ts";
import { FOR_EVER } from "../../support/keepings.ts";

const FROM_PARKER: Source = { neighbour: "Parker", incarnation: "r1" };

/** What the client who sent the offer is answered. */
const answerOf = ({ isAccepted, report, before }: Offer) => (isAccepted ? report.line : before?.line);

describe("the reports of a turn", () => {
  test("[RP6] are judged as they come, and numbered in their order when the turn ends", () => {
    const pending = new PendingReports(new MemoryReportStore(), new HoldingsDigest(FOR_EVER), FOR_EVER);
    const offers = ["a", "b", "c"].map((client) => pending.offer(reportOf(client, "5"), FROM_PARKER));
    expect(pending.size).toBe(3);
    expect(offers.map(({ isAccepted, isSettled }) => [isAccepted, isSettled])).toEqual([
      [true, false],
      [true, false],
      [true, false],
    ]);
    const { accepted, refused, added } = pending.settle(11, true);
    expect(accepted.map(({ seq }) => seq)).toEqual([11, 12, 13]);
    expect(accepted).toEqual(offers);
    expect([refused, added, pending.size]).toEqual([[], 3, 0]);
  });

  test("[RP10] refused, tell a client what is current, and are not written", () => {
    const store = new MemoryReportStore();
    const current = reportOf("a", "5");
    store.keep([{ seq: 1, report: current }]);
    const pending = new PendingReports(store, new HoldingsDigest(FOR_EVER), FOR_EVER);
    const fromParker = pending.offer(reportOf("a", "4", "Parker"), FROM_PARKER);
    expect(pending.settle(2, true)).toMatchObject({ accepted: [], refused: [fromParker], added: 0 });
    const fromClient = pending.offer(reportOf("a", "4"), undefined);
    expect(pending.isDue).toBe(false);
    pending.settleUndue(2);
    expect([fromClient.before, fromClient.isSettled, store.read("a")]).toEqual([current, true, current]);
  });

  test("[SR10] [CU6] without a commit number what is not due, and keep what is", () => {
    const store = new MemoryReportStore();
    const pending = new PendingReports(store, new HoldingsDigest(FOR_EVER), FOR_EVER);
    const own = pending.offer(reportOf("a", "5"), undefined);
    const others = pending.offer(reportOf("b", "5"), FROM_PARKER, true);
    expect(pending.settleUndue(1)).toMatchObject({ accepted: [others], refused: [], added: 0 });
    expect([own.isSettled, others.isSettled, others.seq, pending.isDue]).toEqual([false, true, 1, true]);
    const newer = pending.offer(reportOf("a", "6"), FROM_PARKER, true);
    expect(pending.settle(2, false)).toMatchObject({ accepted: [newer], refused: [], added: 1 });
    expect([own.isSettled, own.seq, store.read("a"), store.read("b")]).toEqual([true, 0, newer.report, undefined]);
  });

  test("[RP6] of one client become one row, the newest; each sender hears what it would have heard alone", () => {
    const store = new MemoryReportStore();
    const pending = new PendingReports(store, new HoldingsDigest(FOR_EVER), FOR_EVER);
    const offers = ["5", "4", "7", "7", "6"].map((time, index) =>
      pending.offer(reportOf("a", time, `S${index}`), undefined),
    );
    const { accepted, refused } = pending.settle(1, true);
    expect([accepted, accepted[0]?.seq]).toEqual([[offers[2]], 1]);
    expect(refused).toEqual([offers[1], offers[3], offers[4]]);
    const [first, , third] = offers.map(({ report }) => report.line);
    expect(offers.map(answerOf)).toEqual([first, first, third, third, third]);
    expect(store.read("a")).toEqual(reportOf("a", "7", "S2"));
  });

  test("[RP6] are seen by reads before they are durable", () => {
    const store = new MemoryReportStore();
    store.keep([{ seq: 1, report: reportOf("b", "5") }]);
    const pending = new PendingReports(store, new HoldingsDigest(FOR_EVER), FOR_EVER);
    pending.offer(reportOf("a", "5"), undefined);
    pending.offer(reportOf("b", "4"), undefined);
    expect(pending.show("a")).toEqual(reportOf("a", "5"));
    expect(pending.show("b")).toEqual(reportOf("b", "5"));
    expect(pending.show("c")).toBeUndefined();
    expect(store.read("a")).toBeUndefined();
  });

  test("[CU1] that were all refused before the commit use no number", () => {
    const store = new MemoryReportStore();
    store.keep([{ seq: 1, report: reportOf("a", "5") }]);
    const pending = new PendingReports(store, new HoldingsDigest(FOR_EVER), FOR_EVER);
    for (const time of ["3", "4"]) pending.offer(reportOf("a", time), undefined);
    const kept = pending.offer(reportOf("b", "1"), undefined);
    expect([pending.settle(8, true).accepted, kept.seq]).toEqual([[kept], 8]);
  });

  test("[RP6] however many share a turn, end as if each had come alone", () => {
    const move = fc.record({
      client: fc.constantFrom("a", "b", "c"),
      time: fc.constantFrom("1", "1.0", "1.5", "2", "10"),
      isFromClient: fc.boolean(),
      isRead: fc.boolean(),
      endsTurn: fc.boolean(),
    });
    const property = fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
      const [together, alone] = [new MemoryReportStore(), new MemoryReportStore()];
      const [pending, single] = [
        new PendingReports(together, new HoldingsDigest(FOR_EVER), FOR_EVER),
        new PendingReports(alone, new HoldingsDigest(FOR_EVER), FOR_EVER),
      ];
      const offers: [Offer, Offer][] = [];
      const seqs: number[] = [];
      for (const [index, { client, time, isFromClient, isRead, endsTurn }] of moves.entries()) {
        const report = reportOf(client, time, `S${index}`);
        const source = isFromClient ? undefined : FROM_PARKER;
        offers.push([pending.offer(report, source), single.offer(report, source)]);
        single.settle(index + 1, true);
        if (isRead) expect(pending.show(client)).toEqual(alone.read(client));
        if (endsTurn) seqs.push(...pending.settle(index * 100 + 1, true).accepted.map(({ seq }) => seq));
      }
      pending.settle(1_000_000, true);
      for (const [offer, expected] of offers) {
        expect(offer.isAccepted).toBe(expected.isAccepted);
        if (offer.source === undefined) expect(answerOf(offer)).toBe(answerOf(expected));
      }
      for (const client of ["a", "b", "c"]) expect(together.read(client)).toEqual(alone.read(client));
      expect(seqs).toEqual([...new Set(seqs)].toSorted((one, other) => one - other));
    });
    fc.assert(property, { ...seeded, numRuns: 1000 });
  });
});
