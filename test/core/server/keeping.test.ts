// How long one server knows reports, and when it erases them, with its neighbours played by the test.

import { describe, expect, test } from "vitest";
import type { HarnessSettings } from "../../support/core-harness.ts";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const KEEP_SECONDS = 100;
const ERASE_SECONDS = 50;

/** That clocks may be apart by so much. */
const FUTURE_SECONDS = 60;

function herdOf({ limits, ...settings }: HarnessSettings = {}): CoreHarness {
  return new CoreHarness({
    unknown: "reject",
    limits: { keepSeconds: KEEP_SECONDS, futureSeconds: 50, ...limits },
    peers: { futureSeconds: FUTURE_SECONDS },
    storage: { eraseSeconds: ERASE_SECONDS },
    ...settings,
  });
}

function pageOf(herd: CoreHarness): readonly string[] {
  return herd.server.reportsPage(undefined, 100, undefined, herd.nowMillis)?.reports ?? [];
}

function clientsOf(herd: CoreHarness): number {
  return herd.server.status(herd.nowMillis).clients;
}

/** All that is stored, whether it is read again or not. */
function stored(herd: CoreHarness): string {
  return herd.store.rows.texts.join("");
}

/** All that a neighbour says it has got. */
function parkerSends(herd: CoreHarness, ...lines: readonly string[]) {
  herd.parker.forgetDials();
  const feed = herd.parker.dials();
  feed.hearsSync(0);
  herd.parker.forgetDials();
  feed.sends([...lines], 0, lines.length);
  return feed;
}

/** The server dials a neighbour that has nothing of it, and was away. */
function parkerDialled(herd: CoreHarness) {
  herd.parker.forgetDials();
  herd.parker.dials();
  herd.advance(2000);
  return herd.parker.answersDial(0);
}

/** What reports of a client each second cost a server. */
function rowsOf(keepSeconds: number) {
  const herd = herdOf({ limits: { keepSeconds }, isAlone: true, storage: { eraseSeconds: 3600 } });
  const client = herd.client();
  for (let report = 0; report < 50; report++) {
    client.says(iamat("ada", `99${report % 10}.${report}`));
    herd.advance(1000);
  }
  return { rows: herd.store.rowsWritten, alarms: herd.store.alarmWrites };
}

describe("a report that is past keeping", () => {
  test("[KP1] is unknown to WHATSAT, to WATCH and in pages, and not before", () => {
    const herd = herdOf();
    const client = herd.client({ unknown: "reject" });
    client.says(iamat("ada", 990));
    client.hearsLines(at("ada", 990));
    herd.advance(KEEP_SECONDS * 1000);
    client.says("WATCH ada");
    client.hearsLines("WATCH ada", at("ada", 990));
    expect(pageOf(herd)).toEqual([at("ada", 990)]);
    herd.advance(1);
    expect(pageOf(herd)).toEqual([]);
    client.says("UNWATCH ada\nWATCH ada\nWHATSAT ada 1 1");
    client.hearsLines("UNWATCH ada", "WATCH ada", "? WHATSAT ada 1 1");
  });

  test("[KP1] is so by when it was heard, not by what it claims", () => {
    const herd = herdOf();
    const client = herd.client();
    client.says(`${iamat("past", 5)}\n${iamat("ahead", 1040)}`);
    client.hearsLines(at("past", 5), "AT Alford -40.000000000 ahead +1-1 1040");
    herd.advance(KEEP_SECONDS * 1000);
    expect(pageOf(herd)).toHaveLength(2);
    herd.advance(1);
    expect(pageOf(herd)).toEqual([]);
  });

  test("[KP3] leaves its client to any report, whatever time that claims, erased or not", () => {
    for (const waitSeconds of [KEEP_SECONDS + 1, KEEP_SECONDS + ERASE_SECONDS + 10]) {
      const herd = herdOf();
      const client = herd.client();
      client.says(`${iamat("ada", 1040)}\n${iamat("ada", 1000)}`);
      const ahead = "AT Alford -40.000000000 ada +1-1 1040";
      client.hearsLines(ahead, ahead);
      herd.advance(waitSeconds * 1000);
      client.says(iamat("ada", 1000));
      client.hearsLines(`AT Alford +${waitSeconds}.000000000 ada +1-1 1000`);
      expect(clientsOf(herd)).toBe(1);
      herd.restart();
      expect(pageOf(herd)).toEqual([`AT Alford +${waitSeconds}.000000000 ada +1-1 1000`]);
      expect(clientsOf(herd)).toBe(1);
    }
  });

  test("[KP3] leaves it to a neighbour's report that was heard then, though this server's clock is behind", () => {
    const herd = herdOf();
    const client = herd.client();
    client.says(iamat("ada", 1040));
    client.hearsLines("AT Alford -40.000000000 ada +1-1 1040");
    herd.advance((KEEP_SECONDS - 10) * 1000);
    const feed = parkerSends(herd, `AT Parker +${KEEP_SECONDS - 41}.000000000 ada +2-2 1030`);
    expect(pageOf(herd)).toEqual(["AT Alford -40.000000000 ada +1-1 1040"]);
    const later = `AT Parker +${KEEP_SECONDS - 29}.000000000 ada +2-2 1030`;
    feed.sends([later], 1, 2);
    expect(pageOf(herd)).toEqual([later]);
    herd.restart();
    expect(pageOf(herd)).toEqual([later]);
  });

  test("[KP2] is not taken from a neighbour, and the cursor goes past it", () => {
    const herd = herdOf();
    herd.advance(200_000);
    const fresh = "AT Parker +0.000000000 bob +1-1 1150";
    const feed = parkerSends(herd, "AT Parker +0.000000000 ada +1-1 1050", fresh);
    expect(pageOf(herd)).toEqual([fresh]);
    expect(herd.server.status().counters).toMatchObject({ feedAccepted: 1, feedStale: 1 });
    herd.advance(20_000);
    feed.hearsAck(2);
  });

  test("[KP2] is not sent to a neighbour, be it recent or read from the table", () => {
    for (const recentReports of [10, 1]) {
      const herd = herdOf({
        peers: { futureSeconds: FUTURE_SECONDS, recentReports },
        storage: { eraseSeconds: 3600 },
      });
      const client = herd.client();
      client.says(`${iamat("ada", 990)}\n${iamat("bob", 990)}`);
      client.hearsLines(at("ada", 990), at("bob", 990));
      herd.advance((KEEP_SECONDS + 1) * 1000);
      client.says(iamat("cyd", 1090));
      client.hearsLines(`AT Alford +11.000000000 cyd +1-1 1090`);
      parkerDialled(herd).hearsFrame(["AT Alford +11.000000000 cyd +1-1 1090"], 0, 3);
    }
  });

  test("[KP5] is in no count and no digest a second later, erased or not, once the digest was made", () => {
    const herd = herdOf({ storage: { eraseSeconds: 3600 } });
    const client = herd.client();
    herd.turn({ type: "digest asked" });
    const { digest: empty } = herd.server.status(herd.nowMillis);
    client.says(iamat("ada", 990));
    herd.advance(10_000);
    client.says(iamat("bob", 1000));
    herd.advance((KEEP_SECONDS - 10) * 1000);
    herd.turn({ type: "digest asked" });
    herd.advance(1000);
    expect(clientsOf(herd)).toBe(1);
    herd.advance(10_000);
    const { clients, digest } = herd.server.status(herd.nowMillis);
    expect([clients, digest]).toEqual([0, empty]);
  });
});

describe("that a client was forgotten", () => {
  test("[KP4] is known until whatever was heard before is past keeping, by all clocks, and costs nothing then", () => {
    const herd = herdOf();
    const client = herd.client();
    client.says(`${iamat("ada", 990)}\nFORGET ada`);
    client.hearsLines(at("ada", 990), "FORGOT ada 1000.000000000");
    herd.advance((KEEP_SECONDS + FUTURE_SECONDS) * 1000);
    expect(stored(herd)).toContain(" ada ");
    const feed = parkerSends(herd, "AT Parker +0.000000000 ada +2-2 999");
    expect(pageOf(herd)).toEqual([]);
    herd.advance((2 * ERASE_SECONDS + 10) * 1000);
    expect(stored(herd)).not.toContain(" ada ");
    expect(herd.store.eraseMillis).toBe(Infinity);
    const line = `AT Parker +0.000000000 ada +2-2 ${herd.nowMillis / 1000}`;
    feed.sends([line], 1, 2);
    expect(pageOf(herd)).toEqual([line]);
  });

  test("[KP4] stays known where a report heard since is past keeping, and is sent on", () => {
    const herd = herdOf();
    const client = herd.client();
    client.says(`FORGET ada\n${iamat("ada", 990)}`);
    client.hearsLines("FORGOT ada 1000.000000000", "AT Alford +10.000000001 ada +1-1 990");
    herd.advance((KEEP_SECONDS + 1) * 1000);
    const marker = "AT Alford +0.000000000 ada +0+0 0 forgot=1000.000000000";
    client.says(iamat("bob", 1100));
    client.hearsLines("AT Alford +1.000000000 bob +1-1 1100");
    parkerDialled(herd).hearsFrame([marker, "AT Alford +1.000000000 bob +1-1 1100"], 0, 2);
  });
});

describe("watchers", () => {
  test("[KP6] are told that nothing is known any more when the report is erased, once", () => {
    const herd = herdOf();
    const client = herd.client();
    const watcher = herd.client();
    watcher.says("WATCH ada");
    watcher.hearsLines("WATCH ada");
    client.says(iamat("ada", 990));
    watcher.hearsLines(at("ada", 990));
    herd.advance(KEEP_SECONDS * 1000 + 1);
    watcher.hearsNothing();
    herd.advance((ERASE_SECONDS + 10) * 1000);
    watcher.hearsLines("FORGOT ada 1000.000000000");
    herd.advance(1_000_000);
    watcher.hearsNothing();
  });

  test("[KP6] are told so before a report that counts in its place, whatever time that claims", () => {
    const herd = herdOf();
    const client = herd.client();
    const watcher = herd.client();
    watcher.says("WATCH *");
    watcher.hearsLines("WATCH *");
    client.says(iamat("ada", 1040));
    watcher.hearsLines("AT Alford -40.000000000 ada +1-1 1040");
    herd.advance((KEEP_SECONDS + 1) * 1000);
    client.says(iamat("ada", 1000));
    const next = `AT Alford +${KEEP_SECONDS + 1}.000000000 ada +1-1 1000`;
    watcher.hearsLines("FORGOT ada 1000.000000000", next);
    herd.advance((ERASE_SECONDS - 5) * 1000);
    watcher.hearsNothing();
  });
});

describe("erasing", () => {
  test("[ER1] [ER3] takes what is past keeping from the storage within eraseSeconds, by the alarm, and ends by itself", () => {
    const herd = herdOf({ isAlone: true });
    const client = herd.client();
    client.says(`${iamat("ada", 990)}\n${iamat("bob", 990)}`);
    client.hearsLines(at("ada", 990), at("bob", 990));
    client.breaks();
    herd.advance(KEEP_SECONDS * 1000);
    herd.restart();
    expect(stored(herd)).toContain("ada");
    herd.advanceToAlarm();
    while (herd.nowMillis < (1000 + KEEP_SECONDS + ERASE_SECONDS + 5) * 1000) herd.advanceToAlarm();
    herd.advance(5000);
    expect(stored(herd)).not.toMatch(/ada|bob/);
    expect(clientsOf(herd)).toBe(0);
    expect(herd.store.eraseMillis).toBe(Infinity);
    expect(herd.logged("erased").at(-1)).toMatchObject({ erased: 2 });
    for (let rings = 0; herd.store.alarmAtMillis !== undefined; rings++) {
      expect(rings).toBeLessThan(5);
      herd.advanceToAlarm();
    }
  });

  test("[ER2] takes where a client was that was forgotten from the storage, without keeping too", () => {
    const herd = herdOf({ limits: { keepSeconds: 0 } });
    const client = herd.client();
    client.says(`IAMAT ada +12.5-34.5 990\nIAMAT ada +13.5-34.5 991\n${iamat("bob", 990)}`);
    herd.advance(10_000);
    client.says("FORGET ada");
    expect(stored(herd)).toMatch(/\+1[23]\.5/);
    herd.advance(ERASE_SECONDS * 1000 - 1);
    expect(stored(herd)).toMatch(/\+1[23]\.5/);
    herd.advance(10_000);
    expect(stored(herd)).not.toMatch(/\+1[23]\.5/);
    expect(pageOf(herd)).toEqual([at("bob", 990)]);
    expect(clientsOf(herd)).toBe(1);
    expect(herd.store.eraseMillis).toBe(Infinity);
  });

  test("[ER3] goes on while the server is drained", () => {
    const herd = herdOf({ isAlone: true });
    const client = herd.client();
    client.says(iamat("ada", 990));
    client.hearsLines(at("ada", 990));
    herd.turn({ type: "drained" });
    herd.advance(5000);
    herd.restart();
    expect(herd.store.alarmAtMillis).toBe((1000 + KEEP_SECONDS + ERASE_SECONDS) * 1000);
    herd.advance((KEEP_SECONDS + ERASE_SECONDS + 10) * 1000);
    expect(stored(herd)).not.toContain("ada");
  });

  test("[ER5] begins at most once in eraseSeconds, however many clients are forgotten", () => {
    const herd = herdOf({ limits: { keepSeconds: 0 }, isAlone: true });
    const client = herd.client();
    for (let second = 0; second < 4 * ERASE_SECONDS; second++) {
      client.says(`${iamat(`client-${second}`, 1000 + second)}\nFORGET client-${second}`);
      herd.advance(1000);
    }
    expect(herd.logged("erased")).toHaveLength(3);
  });

  test("[ER6] goes on in the next life, wherever the last one ended", () => {
    for (let steps = 0; steps < 20; steps++) {
      const herd = herdOf({ isAlone: true, storage: { eraseSeconds: ERASE_SECONDS, foldPages: 1, pageBytes: 60 } });
      const client = herd.client();
      for (let index = 0; index < 5; index++) client.says(iamat(`old-${index}`, 990));
      herd.advance((KEEP_SECONDS + ERASE_SECONDS - 1) * 1000);
      for (let index = 0; index < 5; index++) client.says(iamat(`new-${index}`, 1140));
      const before = pageOf(herd);
      expect(before).toHaveLength(5);
      herd.advance(1000 + 20 * steps);
      herd.restart();
      herd.advance(10_000);
      expect(stored(herd)).not.toContain("old-");
      expect(pageOf(herd)).toEqual(before);
      expect(clientsOf(herd)).toBe(5);
      expect(herd.store.readHead()?.clients).toBe(5);
      herd.restart();
      expect(pageOf(herd)).toEqual(before);
    }
  });
});

describe("another deployment", () => {
  test("[KP7] that keeps for a shorter time counts at once, and what is past that is erased", () => {
    const herd = herdOf({ limits: { keepSeconds: 0 }, isAlone: true });
    const client = herd.client();
    client.says(iamat("ada", 990));
    herd.advance(200_000);
    client.says(iamat("bob", 1190));
    herd.advance(10_000);
    expect(pageOf(herd)).toHaveLength(2);
    const { epoch } = herd.server.status();
    herd.keepFor(KEEP_SECONDS);
    expect(pageOf(herd)).toEqual(["AT Alford +10.000000000 bob +1-1 1190"]);
    herd.advance((ERASE_SECONDS + 5) * 1000);
    expect(stored(herd)).not.toContain("ada");
    expect(herd.server.status().epoch).toBe(epoch);
    herd.keepFor(20);
    expect(pageOf(herd)).toEqual([]);
  });

  test("[KP7] that keeps for a longer time begins an epoch, and knows again what is not erased", () => {
    for (const keepSeconds of [1000, 0]) {
      const herd = herdOf({ isAlone: true, storage: { eraseSeconds: 3600 } });
      const client = herd.client();
      client.says(iamat("old", 990));
      herd.advance(FUTURE_SECONDS * 1000);
      client.says(iamat("ada", 1050));
      herd.advance((KEEP_SECONDS + 10) * 1000);
      expect(pageOf(herd)).toEqual([]);
      const { epoch } = herd.server.status();
      herd.keepFor(keepSeconds);
      const known = ["AT Alford +10.000000000 ada +1-1 1050"];
      expect(pageOf(herd)).toEqual(known);
      expect(herd.server.status().epoch).not.toBe(epoch);
      expect(herd.logged("epoch begun")).toHaveLength(1);
      // What was long past the former keeping stays unknown, in every later life.
      herd.restart();
      expect(pageOf(herd)).toEqual(known);
      expect(herd.logged("epoch begun")).toHaveLength(1);
    }
  });
});

test("[KP1] [ER3] a server that keeps for ever sets no alarm, and writes no row more", () => {
  expect(rowsOf(0).alarms).toBe(0);
  // One setting of the alarm, and nothing for each report.
  expect(rowsOf(86_400)).toEqual({ rows: rowsOf(0).rows + 1, alarms: 1 });
});
