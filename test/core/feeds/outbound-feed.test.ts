// The sending end of a feed: the dial, the frames on their way, and what ends a link.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const PEERS = { frameReports: 2, framesUnacknowledged: 2, answerSeconds: 10 };

/** A server with that many reports, and its dial of Parker. */
function herdWith(reports: number) {
  const herd = new CoreHarness({ peers: PEERS });
  const lines = Array.from({ length: reports }, (_, index) => `client-${index}`);
  herd.client().says(lines.map((client) => iamat(client, 990)).join("\n"));
  return { herd, link: herd.parker.expectDial(), lines: lines.map((client) => at(client, 990)) };
}

describe("a report with more fields than the six", () => {
  const LINE = "AT Powell +1.000000000 ada +1-1 990 accuracy=5.5";

  function herdThatHolds() {
    const herd = new CoreHarness();
    herd.powell.dials().sends([LINE], 0, 1);
    return { herd, link: herd.parker.expectDial() };
  }

  test("[FL4] goes as it came to a neighbour that takes such fields", () => {
    const { link } = herdThatHolds();
    link.syncs(0);
    link.hearsFrame([LINE], 0, 1);
  });

  test.each(["", " features=got", " load=0.5"])(
    "[FL5] goes with the six to one that does not say so: SYNC …%s",
    (said) => {
      const { link } = herdThatHolds();
      link.syncs(0, "another-life", said);
      link.hearsFrame([LINE.replace(" accuracy=5.5", "")], 0, 1);
    },
  );

  test("[FL5] goes with the six out of the table too", () => {
    const { herd } = herdThatHolds();
    herd.restart();
    const link = herd.parker.expectDial();
    link.syncs(0, "another-life", "");
    link.hearsFrame([LINE.replace(" accuracy=5.5", "")], 0, 1);
  });
});

describe("a dial", () => {
  test("[CU2] gives version, name, epoch and run, and sends nothing before the SYNC", () => {
    const { herd, link } = herdWith(1);
    const { epoch, incarnation } = herd.server.status();
    expect(link.hello).toEqual({
      version: 1,
      name: "Alford",
      epoch,
      incarnation,
      features: ["got", "fields", "counts"],
    });
    link.hearsNothing();
  });

  test("[CU2] happens once while it is under way, whatever comes", () => {
    const { herd } = herdWith(1);
    herd.client().says(iamat("ada", 990));
    herd.advance(5000);
    herd.parker.expectNoDial();
  });

  test.each([
    ["another epoch", "SYNC another-epoch 0 r1\n"],
    ["an ACK", "ACK 0\n"],
    ["nonsense", "hello\n"],
    ["bytes", Uint8Array.of(0)],
  ])("[CU17] that is answered with %s is broken off, and tried again later", (_, answer) => {
    const { herd, link } = herdWith(1);
    link.says(answer);
    link.isClosedWith(1002);
    herd.parker.expectNoDial();
    expect(herd.statusOf(herd.parker)).toMatchObject({ link: "closed", failures: 1 });
    herd.advance(1000);
    herd.parker.expectDial();
  });

  test("[CU2] goes on where the neighbour's cursor is", () => {
    const { link, lines } = herdWith(3);
    link.syncs(1);
    link.hearsFrame(lines.slice(1), 1, 3);
  });
});

describe("frames", () => {
  test("[CU16] hold frameReports lines; framesUnacknowledged of them are on their way; each ACK lets the next go", () => {
    const { herd, link, lines } = herdWith(7);
    link.syncs(0);
    const { epoch } = herd.server.status();
    link.hears(`${lines[0]}\n${lines[1]}\nSEQ ${epoch} 0 2\n`, `${lines[2]}\n${lines[3]}\nSEQ ${epoch} 2 4\n`);
    herd.advance(1000);
    link.hearsNothing();
    link.acks(2);
    link.hearsFrame(lines.slice(4, 6), 4, 6);
    link.acks(4);
    link.hearsFrame(lines.slice(6), 6, 7);
    expect(herd.statusOf(herd.parker)).toMatchObject({ acknowledged: 4, framesUnacknowledged: 2, reportsSent: 7 });
  });

  test("[CU16] leave only after the commit of what they hold", () => {
    const { herd, link } = herdWith(0);
    link.syncs(0);
    herd.store.failure = new Error("disk full");
    expect(() => herd.client().says(iamat("ada", 990))).toThrow(herd.store.failure);
    link.hearsNothing();
  });

  test.each([
    ["of another number", "ACK 1\n"],
    ["of a later frame", "ACK 4\n"],
    ["that is none", "OK\n"],
    ["twice in one", "ACK 2\nACK 4\n"],
  ])("[CU17] an ACK %s breaks the link off", (_, ack) => {
    const { herd, link } = herdWith(4);
    link.syncs(0);
    link.takeReceived();
    link.says(ack);
    link.isClosedWith(1002);
    expect(herd.statusOf(herd.parker)).toMatchObject({ link: "closed", failures: 1 });
  });

  test("[CU17] an ACK of nothing breaks the link off", () => {
    const { link } = herdWith(0);
    link.syncs(0);
    link.acks(0);
    link.isClosedWith(1002);
  });

  test("[CU17] are sent again over the next link from where the neighbour says that it is", () => {
    const { herd, link, lines } = herdWith(4);
    link.syncs(0);
    link.takeReceived();
    link.acks(2);
    link.breaks();
    herd.advance(1000);
    const next = herd.parker.answersDial(0);
    expect(next.takeReceived()).toHaveLength(2);
    next.breaks();
    herd.advance(2000);
    herd.parker.answersDial(2).hearsFrame(lines.slice(2), 2, 4);
  });

  test("[CU17] a neighbour that takes the link or a frame and says nothing is given answerSeconds", () => {
    const { herd, link } = herdWith(1);
    herd.advance(9999);
    link.isOpen();
    herd.advance(1);
    link.isClosedWith(1011, "no answer in time");
    herd.advance(1000);
    const next = herd.parker.answersDial(0);
    next.takeReceived();
    herd.advance(9999);
    next.isOpen();
    herd.advance(1);
    next.isClosedWith(1011, "no answer in time");
    expect(herd.statusOf(herd.parker)).toMatchObject({ failures: 2, lastError: "no answer in 10 s" });
  });
});
