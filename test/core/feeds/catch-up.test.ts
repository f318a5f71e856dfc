// How a neighbour that is behind catches up: from the recent reports where they reach back, else by a scan of the table.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

// Ten clients whose order of names is the reverse of the order in which they report.
const CLIENTS = ["j", "i", "h", "g", "f", "e", "d", "c", "b", "a"];
const BY_NAME = CLIENTS.toReversed().map((client) => at(client, 990));
const BY_SEQ = CLIENTS.map((client) => at(client, 990));

/** A server with ten reports, numbered 1 to 10, of which the last four are recent; a scan's step reads three. */
function herdWithTen(peers: { framesUnacknowledged?: number; frameMillis?: number } = {}) {
  const herd = new CoreHarness({ peers: { recentReports: 4, scanReports: 3, ...peers } });
  const client = herd.client();
  client.says(CLIENTS.map((name) => iamat(name, 990)).join("\n"));
  return { herd, client, link: herd.parker.expectDial() };
}

describe("a neighbour that is not far behind", () => {
  test("[CU3] is sent recent reports, in order of seq", () => {
    const { herd, link } = herdWithTen();
    link.syncs(6);
    link.takesFrame(BY_SEQ.slice(6), 6, 10);
    expect(herd.statusOf(herd.parker).isCaughtUp).toBe(true);
    expect(herd.logged("scan begun")).toEqual([]);
  });

  test("[CU3] is sent a client that moved a hundred times once", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    for (let move = 1; move <= 100; move++) client.says(iamat("ada", 800 + move));
    herd.parker.answersDial(0).takesFrame([at("ada", 900)], 0, 100);
    expect(herd.statusOf(herd.parker).isCaughtUp).toBe(true);
    expect(herd.server.status()).toMatchObject({ lastSeq: 100, clients: 1 });
  });

  test("[CU3] is sent what is new as it comes, over the same link", () => {
    const { client, link } = herdWithTen({ frameMillis: 0 });
    link.syncs(10);
    link.hearsNothing();
    client.says(iamat("k", 990));
    link.takesFrame([at("k", 990)], 10, 11);
    client.says(iamat("a", 991));
    link.takesFrame([at("a", 991)], 11, 12);
  });
});

describe("a neighbour that is far behind", () => {
  test("[CU18] gets a scan in client order, a step a turn: frames repeat the cursor, the last one moves it", () => {
    const { herd, link } = herdWithTen();
    link.syncs(0);
    link.hearsFrame(BY_NAME.slice(0, 3), 0, 0);
    herd.turn();
    link.hearsFrame(BY_NAME.slice(3, 6), 0, 0);
    herd.turn();
    link.hearsFrame(BY_NAME.slice(6, 9), 0, 0);
    herd.turn();
    link.hearsFrame(BY_NAME.slice(9), 0, 10);
    for (const to of [0, 0, 0, 10]) link.acks(to);
    herd.advance(100);
    link.hearsNothing();
    expect(herd.statusOf(herd.parker)).toMatchObject({ isCaughtUp: true, acknowledged: 10 });
    expect(herd.logged("scan begun")).toMatchObject([{ to: "Parker", above: 0, upTo: 10 }]);
    expect(herd.logged("scan ended")).toMatchObject([{ to: "Parker", upTo: 10 }]);
  });

  test("[CU18] is not caught up before the last step is acknowledged", () => {
    const { herd, link } = herdWithTen();
    link.syncs(0);
    herd.advance(0);
    for (const to of [0, 0, 0]) link.acks(to);
    expect(herd.statusOf(herd.parker)).toMatchObject({ isCaughtUp: false, acknowledged: 0 });
    link.acks(10);
    expect(herd.statusOf(herd.parker).isCaughtUp).toBe(true);
  });

  test("[CU18] [CU16] has framesUnacknowledged steps on their way; the scan goes on with the ACKs", () => {
    const { herd, link } = herdWithTen({ framesUnacknowledged: 2 });
    link.syncs(0);
    herd.advance(1000);
    expect(link.takeReceived()).toHaveLength(2);
    link.acks(0);
    herd.advance(1000);
    link.hearsFrame(BY_NAME.slice(6, 9), 0, 0);
    link.acks(0);
    link.acks(0);
    link.hearsFrame(BY_NAME.slice(9), 0, 10);
  });

  test("[CU18] keeps nobody waiting: between two steps clients are answered", () => {
    const { herd, client, link } = herdWithTen();
    link.syncs(0);
    client.takeReceived();
    client.says("FOO");
    client.hears("? FOO\n");
    herd.turn();
    expect(link.takeReceived()).toHaveLength(3);
  });

  test("[CU18] is sent only what is above its cursor; steps without any are left out", () => {
    const { herd, link } = herdWithTen();
    link.syncs(5);
    herd.advance(0);
    link.hears(
      `${BY_NAME.slice(0, 3).join("\n")}\nSEQ ${link.hello.epoch} 5 5\n`,
      `${BY_NAME.slice(3, 5).join("\n")}\nSEQ ${link.hello.epoch} 5 5\n`,
      `SEQ ${link.hello.epoch} 5 10\n`,
    );
  });

  test("[CU18] is sent after the scan what came during it, before its place and behind it", () => {
    const { herd, client, link } = herdWithTen();
    link.syncs(0);
    link.hearsFrame(BY_NAME.slice(0, 3), 0, 0);
    client.says(`${iamat("a", 991)}\n${iamat("j", 991)}\n${iamat("bb", 991)}`);
    link.hearsFrame(BY_NAME.slice(3, 6), 0, 0);
    herd.turn();
    link.hearsFrame(BY_NAME.slice(6, 9), 0, 0);
    herd.turn();
    link.acks(0);
    // The row of j is no longer among those up to 10: it comes once, with its new number.
    link.hears(
      `SEQ ${link.hello.epoch} 0 10\n`,
      `${["a", "j", "bb"].map((name) => at(name, 991)).join("\n")}\nSEQ ${link.hello.epoch} 10 13\n`,
    );
  });

  test("[CU18] gets another scan where more came during the first than is recent", () => {
    const { herd, client, link } = herdWithTen({ framesUnacknowledged: 100 });
    link.syncs(0);
    client.says(["k", "l", "m", "n", "o"].map((name) => iamat(name, 990)).join("\n"));
    herd.advance(0);
    const frames = link.takeReceived().map(String);
    const lines = frames.flatMap((frame) => frame.split("\n").filter((line) => line.startsWith("AT ")));
    expect(lines.toSorted()).toEqual([...BY_NAME, ...["k", "l", "m", "n", "o"].map((name) => at(name, 990))]);
    expect(frames.at(-1)).toMatch(/SEQ \S+ 10 15\n$/);
    expect(herd.logged("scan begun").map(({ above, upTo }) => [above, upTo])).toEqual([
      [0, 10],
      [10, 15],
    ]);
  });

  test("[CU18] gets the scan from its beginning when the link broke, since its cursor has not moved", () => {
    const { herd, link } = herdWithTen();
    link.syncs(0);
    herd.turn();
    link.acks(0);
    link.breaks();
    herd.advance(1000);
    const next = herd.parker.answersDial(0);
    next.hearsFrame(BY_NAME.slice(0, 3), 0, 0);
  });

  test("[CU18] a server that has just started scans for one that lacks anything, and for none that lacks nothing", () => {
    const { herd } = herdWithTen();
    herd.restart();
    herd.ringAlarm();
    herd.powell.answersDial(10).hearsNothing();
    herd.parker.answersDial(9).hearsFrame([at("a", 990)], 9, 9);
  });

  test("[CU18] a server that has just started needs no scan for one that only lacks what came since", () => {
    const { herd } = herdWithTen();
    herd.restart();
    herd.client().says(iamat("k", 990));
    const { lastSeq } = herd.server.status();
    herd.parker.answersDial(10).hearsFrame([at("k", 990)], 10, lastSeq);
    expect(herd.logged("scan begun")).toEqual([]);
  });
});
