// The numbers that a server gives: none twice over any restart, and a new epoch where the storage proves too old.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat, type HarnessSettings } from "../../support/core-harness.ts";

const BLOCK = 10;

/** A server that has accepted that many reports. */
function herdWith(reports: number, settings?: HarnessSettings) {
  const herd = new CoreHarness({ peers: { seqBlock: BLOCK }, ...settings });
  const client = herd.client();
  for (let index = 0; index < reports; index++) client.says(iamat(`client-${index}`, 990));
  return herd;
}

const head = ({ store }: CoreHarness) => {
  const found = store.readHead();
  if (found === undefined) throw new Error("Expected a head");
  return found;
};

describe("the numbers of reports", () => {
  test("[CU1] begin at 1 on empty storage and go up by one", () => {
    const herd = herdWith(2, { peers: { seqBlock: BLOCK, frameMillis: 0 } });
    const { link } = herd.parker.meets();
    link.takesFrame([at("client-0", 990), at("client-1", 990)], 0, 2);
    herd.client().says(iamat("client-0", 991));
    link.hearsFrame([at("client-0", 991)], 2, 3);
  });

  test("[CU1] are reserved ahead: with any commit the ceiling is at least the number it gave", () => {
    const herd = new CoreHarness({ peers: { seqBlock: BLOCK } });
    const client = herd.client();
    const ceilings = Array.from({ length: 30 }, (_, index) => {
      client.says(iamat(`client-${index}`, 990));
      expect(head(herd).reservedSeq).toBeGreaterThanOrEqual(herd.server.status().lastSeq);
      return head(herd).reservedSeq;
    });
    expect(herd.server.status().lastSeq).toBe(30);
    expect(new Set(ceilings).size).toBeLessThan(6);
  });

  test("[CU1] are never used twice: each life begins above all that an earlier one may have given", () => {
    const herd = herdWith(0);
    const given = [0];
    for (let life = 0; life < 5; life++) {
      for (let index = 0; index <= life * 4; index++) {
        herd.client().says(iamat(`client-${life}-${index}`, 990));
        expect(herd.server.status().lastSeq).toBeGreaterThan(given.at(-1) ?? 0);
        given.push(herd.server.status().lastSeq);
      }
      const { reservedSeq } = head(herd);
      expect(reservedSeq).toBeGreaterThanOrEqual(given.at(-1) ?? 0);
      herd.restart();
      expect(head(herd).reservedSeq).toBe(reservedSeq);
      given.push(reservedSeq);
    }
  });

  test("[CU1] of a batch larger than a block are reserved with it", () => {
    const herd = new CoreHarness({ peers: { seqBlock: BLOCK } });
    herd.client().says(Array.from({ length: 25 }, (_, index) => iamat(`client-${index}`, 990)).join("\n"));
    expect(head(herd)).toMatchObject({ lastSeq: 25, reservedSeq: 25 + BLOCK });
  });

  test("[CU7] once the reports have stopped, the highest number of a row is known after a start: a neighbour that has it is caught up", () => {
    const herd = herdWith(3);
    herd.advance(5000);
    expect(head(herd).lastSeq).toBe(3);
    herd.restart();
    herd.ringAlarm();
    const link = herd.parker.answersDial(3);
    link.hearsNothing();
    expect(herd.statusOf(herd.parker)).toMatchObject({ isCaughtUp: true, acknowledged: 3 });
  });
});

describe("the highest number of a durable report", () => {
  test("[CU7] [SR1] goes with each commit, and is no row of its own", () => {
    const herd = herdWith(1);
    const client = herd.client();
    const before = herd.store.rowsWritten;
    const stored: number[] = [];
    for (let second = 1; second <= 8; second++) {
      client.says(iamat("client-0", 990 + second));
      stored.push(head(herd).lastSeq);
      herd.advance(100);
    }
    expect(stored).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(herd.store.rowsWritten - before).toBe(8);
  });

  test("[CU7] is known after a crash in a flow: a neighbour that has everything costs no scan", () => {
    const herd = herdWith(3);
    const { reservedSeq } = head(herd);
    herd.restart();
    const link = herd.parker.answersDial(3);
    link.hearsNothing();
    expect(herd.statusOf(herd.parker)).toMatchObject({ isCaughtUp: true });
    herd.client().says(iamat("client-0", 991));
    link.hearsFrame([at("client-0", 991)], 3, reservedSeq + 1);
    expect(herd.logged("scan begun")).toEqual([]);
  });
});

describe("the epoch", () => {
  test("[CU8] [CU10] stays over restarts, the run does not", () => {
    const herd = herdWith(1);
    const before = herd.server.status();
    herd.restart();
    const after = herd.server.status();
    expect(after.epoch).toBe(before.epoch);
    expect(after.incarnation).not.toBe(before.incarnation);
    expect([before.starts, after.starts]).toEqual([1, 2]);
  });

  test("[CU8] is another one on empty storage", () => {
    const herd = herdWith(1);
    const { epoch } = head(herd);
    herd.loseStorage();
    expect(head(herd)).toMatchObject({ epoch: expect.not.stringContaining(epoch), lastSeq: 0, clients: 0, starts: 1 });
  });

  test("[CU9] ends with a SYNC above the ceiling: every neighbour is dialled under a new one, and sent everything", () => {
    const herd = herdWith(2);
    const { link: powell } = herd.powell.meets();
    powell.takesFrame([at("client-0", 990), at("client-1", 990)], 0, 2);
    const { epoch, reservedSeq } = head(herd);
    const link = herd.parker.expectDial();
    link.syncs(reservedSeq + 1);
    link.isClosedWith(1000);
    powell.isClosedWith(1000);
    expect(head(herd).epoch).not.toBe(epoch);
    expect(herd.logged("epoch begun")).toMatchObject([{ epoch: head(herd).epoch }]);
    for (const neighbour of [herd.parker, herd.powell]) {
      const again = neighbour.expectDial();
      expect(again.hello.epoch).toBe(head(herd).epoch);
      again.syncs(0);
      again.hearsFrame([at("client-0", 990), at("client-1", 990)], 0, 2);
    }
  });

  test("[CU9] stays with a SYNC at the last number given", () => {
    const herd = herdWith(2);
    const { epoch, lastSeq } = herd.server.status();
    herd.parker.answersDial(lastSeq).isOpen();
    expect(head(herd).epoch).toBe(epoch);
  });

  test("[CU9] stays, after a start, with a SYNC at the ceiling: the life before may have given every number up to it", () => {
    const herd = herdWith(2);
    const { epoch, reservedSeq } = head(herd);
    herd.restart();
    herd.parker.answersDial(reservedSeq).isOpen();
    expect(head(herd).epoch).toBe(epoch);
  });

  test("[CU9] changes with a SYNC above the last number given, be it below the ceiling of the block begun since", () => {
    const herd = herdWith(2);
    const { epoch, lastSeq } = herd.server.status();
    herd.parker.expectDial().syncs(lastSeq + 1);
    expect(head(herd).epoch).not.toBe(epoch);
  });

  test("[CU8] that is new is durable before anybody is dialled under it", () => {
    const herd = herdWith(2);
    const link = herd.parker.expectDial();
    herd.store.failure = new Error("disk full");
    expect(() => link.syncs(head(herd).reservedSeq + 1)).toThrow(herd.store.failure);
    herd.parker.expectNoDial();
  });
});
