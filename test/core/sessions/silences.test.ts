// Watches that wait for a client to fall silent: when they are told, how often, and what wakes the server for it.

import { describe, expect, test } from "vitest";

import { EVERY_CLIENT } from "../../../src/core/commands/watched.ts";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const WAKE_MILLIS = 180_000;

/** A herd of one server, without an alarm. */
function lonelyHerd(limits = {}) {
  const herd = new CoreHarness({ isAlone: true, limits });
  expect(herd.store.alarmAtMillis).toBeUndefined();
  return herd;
}

/** The AT line of a report that this server hears now. */
function heard(herd: CoreHarness, client: string, time: number): string {
  return `AT Alford +${herd.nowMillis / 1000 - time}.000000000 ${client} +1-1 ${time}`;
}

describe("a watch with seconds", () => {
  test("[WT18] [WT2] is answered with its seconds and the report held, and tells each report as any other", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 980));
    watcher.says(" WATCH ada \t60 ");
    watcher.hearsLines("WATCH ada 60", at("ada", 980));
    herd.advance(1000);
    client.says(iamat("ada", 990));
    watcher.hearsLines(heard(herd, "ada", 990));
    watcher.says("UNWATCH ada");
    watcher.hearsLines("UNWATCH ada");
    expect(herd.server.status().watches).toBe(0);
  });

  test("[WT18] [LN13] is refused with the code of what is wrong", () => {
    const herd = lonelyHerd({ silenceSecondsMax: 100 });
    const watcher = herd.client({ reasons: true });
    watcher.says("WATCH ada 0\nWATCH ada 01\nWATCH ada 100\nWATCH ada 101\nWATCH * 5\nWATCH ada 5 6");
    watcher.hearsLines(
      "?range WATCH ada 0",
      "?syntax WATCH ada 01",
      "WATCH ada 100",
      "?range WATCH ada 101",
      "?syntax WATCH * 5",
      "?syntax WATCH ada 5 6",
    );
    expect(herd.server.status().watches).toBe(1);
  });

  test("[WT18] [WT7] counts as one watch", () => {
    const herd = lonelyHerd({ watches: 1 });
    const watcher = herd.client();
    watcher.says("WATCH ada\nWATCH ada 60\nWATCH bob 60\nWATCH ada 30");
    watcher.hearsLines("WATCH ada", "WATCH ada 60", "? WATCH bob 60", "WATCH ada 30");
  });

  test("[WT15] in a POST is refused", () => {
    const herd = lonelyHerd();
    const post = herd.client({ via: "post" });
    post.says("WATCH ada 5");
    expect(post.takeReceived()).toEqual(["? WATCH ada 5\n"]);
  });

  test("[WT20] tells a silence once, when its seconds are over and not before", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 980));
    watcher.says("WATCH ada 60");
    watcher.hearsLines("WATCH ada 60", at("ada", 980));
    herd.advance(59_999);
    watcher.hearsNothing();
    herd.advance(1);
    watcher.hearsLines("SILENT ada 1000");
    herd.advance(10 * WAKE_MILLIS);
    watcher.hearsNothing();
  });

  test("[WT20] tells a silence at most a second late, so that many silences share a turn", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    herd.advance(1);
    client.says(iamat("ada", 980));
    herd.advance(500);
    client.says(iamat("bob", 980));
    watcher.says("WATCH ada 5\nWATCH bob 5");
    watcher.takeReceived();
    herd.advanceTo(1_005_999);
    watcher.hearsNothing();
    herd.advanceTo(1_006_000);
    watcher.hearsLines("SILENT ada 1000.001", "SILENT bob 1000.501");
  });

  test("[WT20] tells who is silent already behind the answer to the WATCH", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 980));
    herd.advance(60_000);
    watcher.says("WATCH ada 60");
    watcher.hears(`WATCH ada 60\n${at("ada", 980)}\n`, "SILENT ada 1000\n");
  });

  test("[WT19] [WT20] counts from the WATCH where no report is held", () => {
    const herd = lonelyHerd();
    herd.advance(5000);
    const watcher = herd.client();
    watcher.says("WATCH ada 60");
    watcher.hearsLines("WATCH ada 60");
    herd.advance(59_999);
    watcher.hearsNothing();
    herd.advance(1);
    watcher.hearsLines("SILENT ada 0");
  });

  test("[WT19] counts from the receive time, whatever time is claimed", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(`${iamat("ada", 5)}\n${iamat("bob", 4000)}`);
    watcher.says("WATCH ada 60\nWATCH bob 60");
    watcher.takeReceived();
    herd.advance(59_999);
    watcher.hearsNothing();
    herd.advance(1);
    watcher.hearsLines("SILENT ada 1000", "SILENT bob 1000");
  });

  test("[WT19] counts from the receive time at the neighbour that heard it", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    herd.advance(30_000);
    const watcher = herd.client();
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    watcher.says("WATCH ada 60");
    watcher.hearsLines("WATCH ada 60", at("ada", 990, "Parker"));
    herd.advance(29_999);
    watcher.hearsNothing();
    herd.advance(1);
    watcher.hearsLines("SILENT ada 1000");
  });

  test("[WT19] counts a receive time far ahead of the clock as the time when the report was taken", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const watcher = herd.client();
    watcher.says("WATCH ada 60\nWATCH bob 60");
    watcher.takeReceived();
    feed.sends(["AT Parker +1.000000000 ada +1-1 1000", "AT Parker +86400.000000000 bob +1-1 990"], 0, 2);
    watcher.takeReceived();
    herd.advance(59_999);
    watcher.hearsNothing();
    herd.advance(1);
    watcher.hearsLines("SILENT bob 87390");
    herd.advance(1000);
    watcher.hearsLines("SILENT ada 1001");
  });

  test("[WT19] [FG8] counts anew when the client is forgotten, and knows of no report then", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 980));
    watcher.says("WATCH ada 60");
    watcher.takeReceived();
    herd.advance(30_000);
    client.says("FORGET ada");
    expect(watcher.takeReceived().join("")).toMatch(/^FORGOT ada \S+\n$/);
    herd.advance(30_000);
    herd.restart(watcher);
    herd.advance(29_000);
    watcher.hearsNothing();
    herd.advance(1000);
    watcher.hearsLines("SILENT ada 0");
  });

  test("[WT21] tells that the client is back by its AT line, and the next silence again", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH ada 60");
    watcher.takeReceived();
    herd.advance(60_000);
    watcher.hearsLines("SILENT ada 0");
    herd.advance(10_000);
    client.says(iamat("ada", 1050));
    watcher.hearsLines(heard(herd, "ada", 1050));
    herd.advance(59_999);
    watcher.hearsNothing();
    herd.advance(1);
    watcher.hearsLines("SILENT ada 1070");
  });

  test("[WT21] tells no silence while the client reports often enough", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH ada 60");
    watcher.takeReceived();
    for (let minute = 1; minute <= 10; minute++) {
      herd.advance(59_000);
      client.says(iamat("ada", 1000 + minute));
      watcher.hearsLines(heard(herd, "ada", 1000 + minute));
    }
  });

  test("[WT21] is not ended by a report that comes late and was heard too long ago", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const watcher = herd.client();
    watcher.says("WATCH ada 60");
    watcher.takeReceived();
    herd.advance(60_000);
    watcher.hearsLines("SILENT ada 0");
    herd.advance(WAKE_MILLIS);
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    watcher.hearsLines(at("ada", 990, "Parker"));
    herd.advance(WAKE_MILLIS);
    watcher.hearsNothing();
    feed.sends([`AT Parker +0.000000000 ada +1-1 ${herd.nowMillis / 1000 - 59}`], 1, 2);
    expect(watcher.takeReceived()).toHaveLength(1);
    herd.advance(1000);
    watcher.hearsLines(`SILENT ada ${herd.nowMillis / 1000 - 60}`);
  });

  test("[WT20] tells a silence after the AT line that it counts from, though that has to wait (WT4)", () => {
    const herd = new CoreHarness({ limits: { watchPerSecond: 1 } });
    const { feed } = herd.parker.meets();
    const watcher = herd.client();
    herd.advance(500);
    watcher.says("WATCH ada 1");
    watcher.takeReceived();
    feed.sends(["AT Parker +0.500000000 ada +1-1 1000"], 0, 1);
    watcher.hearsLines("AT Parker +0.500000000 ada +1-1 1000");
    feed.sends(["AT Parker -400.000000000 ada +1-1 1001"], 1, 2);
    herd.advance(999);
    watcher.hearsNothing();
    herd.advance(501);
    watcher.hears("AT Parker -400.000000000 ada +1-1 1001\n", "SILENT ada 601\n");
  });

  test("[WT20] [WT21] tells a silence with the report that comes late in the same turn, and behind it", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const watcher = herd.client();
    watcher.says("WATCH ada 5");
    watcher.takeReceived();
    herd.nowMillis += 5000;
    feed.sends([at("ada", 990, "Parker")], 0, 1);
    watcher.hears(`${at("ada", 990, "Parker")}\nSILENT ada 1000\n`);
    herd.advance(WAKE_MILLIS);
    watcher.hearsNothing();
  });

  test("[WT20] [WT23] tells a slow reader the silence after a report that came late meanwhile", () => {
    const herd = new CoreHarness({ limits: { watchStallSeconds: 86_400, watchPerSecond: 1 } });
    const { feed } = herd.parker.meets();
    const watcher = herd.client();
    watcher.says("WATCH ada 5");
    watcher.takeReceived();
    watcher.leavesUnread(1_048_576);
    herd.advance(6000);
    for (const [seq, time] of [990, 991].entries())
      feed.sends([`AT Parker +9.000000000 ada +1-1 ${time}`], seq, seq + 1);
    watcher.leavesUnread(0);
    herd.advance(2000);
    const lines = watcher.takeReceived().join("").split("\n").slice(0, -1);
    expect(lines.at(-1)).toBe("SILENT ada 1000");
    expect(lines.at(-2)).toBe("AT Parker +9.000000000 ada +1-1 991");
  });

  test("[WT22] has its seconds replaced, and its silence told again", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 980));
    watcher.says("WATCH ada 10");
    watcher.takeReceived();
    herd.advance(10_000);
    watcher.hearsLines("SILENT ada 1000");
    watcher.says("WATCH ada 60");
    watcher.hearsLines("WATCH ada 60", at("ada", 980));
    herd.advance(49_999);
    watcher.hearsNothing();
    herd.advance(1);
    watcher.hearsLines("SILENT ada 1000");
    watcher.says("WATCH ada 20");
    watcher.hears(`WATCH ada 20\n${at("ada", 980)}\n`, "SILENT ada 1000\n");
  });

  test("[WT22] does not begin its count anew where no report is held", () => {
    const herd = lonelyHerd();
    const watcher = herd.client();
    watcher.says("WATCH ada 60");
    herd.advance(30_000);
    watcher.says("WATCH ada 40");
    watcher.takeReceived();
    herd.advance(10_000);
    watcher.hearsLines("SILENT ada 0");
  });

  test.each(["WATCH ada", "UNWATCH ada"])("[WT22] ends its silence with %s", (line) => {
    const herd = lonelyHerd();
    const watcher = herd.client();
    watcher.says(`WATCH ada 60\n${line}`);
    watcher.hearsLines("WATCH ada 60", line);
    herd.advance(WAKE_MILLIS);
    watcher.hearsNothing();
  });

  test("[WT23] tells a slow reader nothing of a silence that has ended", () => {
    const herd = lonelyHerd({ watchStallSeconds: 86_400 });
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH ada 60\nWATCH bob 60");
    watcher.takeReceived();
    watcher.leavesUnread(1_048_576);
    herd.advance(60_000);
    client.says(iamat("ada", 1050));
    herd.advance(1000);
    watcher.hearsNothing();
    watcher.leavesUnread(0);
    herd.advance(100);
    watcher.hearsLines(`AT Alford +10.000000000 ada +1-1 1050`, "SILENT bob 0");
  });

  test("[LI26] [WT20] tells a silence no later because the clock was set back", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 980));
    watcher.says("WATCH ada 8");
    watcher.takeReceived();
    herd.advance(4000);
    herd.turn();
    herd.nowMillis -= 900_000;
    herd.turn();
    herd.advance(4000);
    watcher.hearsLines("SILENT ada 1000");
  });

  test("[WT10] tells a watcher of all clients nothing of a silence, and one of both each report once", () => {
    const herd = lonelyHerd();
    const [everybody, both, client] = [herd.client(), herd.client(), herd.client()];
    everybody.says(`WATCH ${EVERY_CLIENT}`);
    both.says(`WATCH ${EVERY_CLIENT}\nWATCH ada 5`);
    for (const watcher of [everybody, both]) watcher.takeReceived();
    client.says(iamat("ada", 980));
    herd.advance(5000);
    everybody.hearsLines(at("ada", 980));
    both.hears(`${at("ada", 980)}\n`, "SILENT ada 1000\n");
  });
});

describe("the server of such a watch", () => {
  test("[WT25] has no timer for a silence in more than ten seconds: the alarm stands for it", () => {
    const herd = lonelyHerd();
    herd.client().says("WATCH ada 60");
    herd.advance(0);
    expect([herd.server.nextTurnMillis, herd.store.alarmAtMillis]).toEqual([Infinity, 1_060_000]);
  });

  test("[WT25] sets no alarm for a silence that comes while it is in memory anyway", () => {
    const herd = lonelyHerd();
    herd.client().says("WATCH ada 10");
    herd.advance(0);
    expect([herd.server.nextTurnMillis, herd.store.alarmAtMillis]).toEqual([1_010_000, undefined]);
  });

  test("[WT25] writes no alarm for a report, and one for each time that it rings", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH ada 60");
    herd.advance(0);
    const { alarmWrites } = herd.store;
    for (let second = 1; second <= 59; second++) {
      herd.advance(1000);
      client.says(iamat("ada", 1000 + second));
    }
    expect([herd.store.alarmWrites, herd.store.alarmAtMillis]).toEqual([alarmWrites, 1_060_000]);
    watcher.takeReceived();
    herd.advance(1000);
    watcher.hearsNothing();
    expect([herd.store.alarmWrites, herd.store.alarmAtMillis]).toEqual([alarmWrites + 1, 1_119_000]);
  });

  test("[WT25] sets no alarm, and has no timer, for a watch without seconds", () => {
    const herd = lonelyHerd();
    const { rowsWritten } = herd.store;
    herd.client().says("WATCH ada\nWATCH *");
    herd.advance(WAKE_MILLIS);
    expect([herd.server.nextTurnMillis, herd.store.rowsWritten]).toEqual([Infinity, rowsWritten]);
  });

  test("[WT25] sets no alarm that is earlier than needed where one stands", () => {
    const herd = new CoreHarness();
    const { alarmAtMillis, alarmWrites } = herd.store;
    herd.client().says("WATCH ada 1000");
    herd.advance(0);
    expect([herd.store.alarmAtMillis, herd.store.alarmWrites]).toEqual([alarmAtMillis, alarmWrites]);
  });

  test("[WT25] [CU28] dials nobody when it wakes, where the alarm stands for a silence alone", () => {
    const herd = new CoreHarness();
    for (const neighbour of [herd.parker, herd.powell]) neighbour.meets().feed.breaks();
    herd.advance(WAKE_MILLIS);
    const watcher = herd.client();
    watcher.says("WATCH ada 3600");
    herd.advance(0);
    expect(herd.store.alarmAtMillis).toBe(herd.nowMillis + 3_600_000);
    herd.advance(60_000);
    herd.restart(watcher);
    watcher.says("WATCH bob");
    for (const neighbour of [herd.parker, herd.powell]) neighbour.expectNoDial();
    watcher.says(iamat("bob", 1000));
    for (const neighbour of [herd.parker, herd.powell]) neighbour.answersDial(0).acks(1);
    herd.restart(watcher);
    for (const neighbour of [herd.parker, herd.powell]) neighbour.expectDial();
  });

  test("[WT25] has no alarm when the silence is told and nobody else waits", () => {
    const herd = lonelyHerd();
    const watcher = herd.client();
    watcher.says("WATCH ada 60");
    herd.advance(WAKE_MILLIS);
    expect([herd.server.nextTurnMillis, herd.store.alarmAtMillis]).toEqual([Infinity, undefined]);
  });

  test("[WT26] [WT25] tells the silence when the alarm wakes it, and not again in its next life", () => {
    const herd = lonelyHerd();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 980));
    watcher.says("WATCH ada 60");
    watcher.hearsLines("WATCH ada 60", at("ada", 980));
    herd.advance(20_000);
    herd.restart(watcher);
    herd.advance(39_999);
    watcher.hearsNothing();
    herd.advance(1);
    watcher.hearsLines("SILENT ada 1000");
    herd.restart(watcher);
    herd.advance(WAKE_MILLIS);
    watcher.hearsNothing();
    herd.client().says(iamat("ada", 1200));
    watcher.hearsLines(heard(herd, "ada", 1200));
    herd.restart(watcher);
    herd.advance(60_000);
    watcher.hearsLines("SILENT ada 1240");
  });

  test("[WT26] tells the silence at its start if it came while the server was not in memory", () => {
    const herd = lonelyHerd();
    const watcher = herd.client();
    watcher.says("WATCH ada 60");
    herd.advance(0);
    watcher.takeReceived();
    herd.nowMillis += 60_000;
    herd.restart(watcher);
    watcher.hearsLines("SILENT ada 0");
  });

  test("[WT26] [WT19] goes on from the WATCH, or from when a report was taken, where no receive time counts", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const watcher = herd.client();
    watcher.says("WATCH ada 60\nWATCH bob 60");
    herd.advance(10_000);
    feed.sends(["AT Parker +86400.000000000 bob +1-1 990"], 0, 1);
    watcher.takeReceived();
    herd.advance(10_000);
    herd.restart(watcher);
    herd.advanceTo(1_059_999);
    watcher.hearsNothing();
    herd.advanceTo(1_060_000);
    watcher.hearsLines("SILENT ada 0");
    herd.advanceTo(1_070_000);
    watcher.hearsLines("SILENT bob 87390");
  });

  test("[WT26] forgets seconds that were taken back", () => {
    const herd = lonelyHerd();
    const watcher = herd.client();
    watcher.says("WATCH ada 60\nWATCH bob 60\nWATCH ada\nUNWATCH bob");
    watcher.takeReceived();
    herd.restart(watcher);
    herd.advance(WAKE_MILLIS);
    watcher.hearsNothing();
    expect(herd.server.status().watches).toBe(1);
  });

  test("[ST11] [WT20] tells silences while its storage takes no writes", () => {
    const herd = lonelyHerd();
    herd.refuseWrites();
    const watcher = herd.client();
    watcher.says("WATCH ada 60");
    watcher.takeReceived();
    herd.advance(60_000);
    watcher.hearsLines("SILENT ada 0");
    expect(herd.store.alarmAtMillis).toBeUndefined();
  });
});
