// FORGET at one server, with its neighbours played by the test.

import { describe, expect, test } from "vitest";

import { permissionsOf } from "../../../src/core/access/permissions.ts";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

/** How a server says that a client was forgotten, and that no report was heard since. */
function marker(client: string, time: string, server = "Alford"): string {
  return `AT ${server} +0.000000000 ${client} +0+0 0 forgot=${time}`;
}

const AT_1000 = "1000.000000000";

function pageOf(herd: CoreHarness): readonly string[] {
  return herd.server.reportsPage(undefined, 100, undefined, herd.nowMillis)?.reports ?? [];
}

describe("FORGET", () => {
  test.each(["websocket", "post"] as const)("[FG1] [FG7] makes a client unknown, durably, over %s", (via) => {
    const herd = new CoreHarness({ unknown: "reject" });
    const client = herd.client({ via });
    client.says(`${iamat("ada", 990)}\nFORGET ada\nWHATSAT ada 1 1`);
    client.hearsLines(at("ada", 990), `FORGOT ada ${AT_1000}`, "? WHATSAT ada 1 1");
    expect(herd.server.status()).toMatchObject({ clients: 0, lastSeq: 1 });
    expect(pageOf(herd)).toEqual([]);
    herd.restart();
    const next = herd.client({ unknown: "reject" });
    next.says("WATCH ada\nWHATSAT ada 1 1");
    next.hearsLines("WATCH ada", "? WHATSAT ada 1 1");
    expect(herd.server.status()).toMatchObject({ clients: 0 });
    expect(herd.store.read("ada")?.line).toBe(marker("ada", AT_1000));
  });

  test("[FG1] over TCP is answered in its place among other answers", () => {
    const herd = new CoreHarness();
    const client = herd.client({ via: "tcp" });
    client.streams(`${iamat("ada", 990)}\nFORGET ada\n${iamat("bob", 990)}\n`);
    client.hearsLines(at("ada", 990), `FORGOT ada ${AT_1000}`, at("bob", 990));
  });

  test.each([
    ["FORGET", "syntax"],
    ["FORGET ada bob", "syntax"],
    ["FORGET *", "syntax"],
    [`FORGET ${"x".repeat(257)}`, "range"],
    ["forget ada", "syntax"],
    ["FORGOT ada 1", "syntax"],
  ])("[FG1] [LN4] %j is refused, and nothing is forgotten", (line, code) => {
    const herd = new CoreHarness();
    const client = herd.client({ reasons: true });
    client.says(iamat("ada", 990));
    client.hearsLines(at("ada", 990));
    client.says(line);
    client.hears(`?${code} ${line}\n`);
    expect(herd.server.status().clients).toBe(1);
  });

  test("[FG2] is of the clock's time, and each time a nanosecond later where the clock stands still", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says("FORGET ada\nFORGET ada");
    client.hearsLines(`FORGOT ada ${AT_1000}`, "FORGOT ada 1000.000000001");
    client.says("FORGET ada");
    client.hearsLines("FORGOT ada 1000.000000002");
    herd.nowMillis += 3;
    client.says("FORGET ada");
    client.hearsLines("FORGOT ada 1000.003000000");
  });

  test("[FG2] is later than the report that is held was heard, by a server whose clock is ahead", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends(["AT Parker +10.500000000 ada +1-1 995"], 0, 1);
    const client = herd.client();
    client.says("FORGET ada");
    client.hearsLines("FORGOT ada 1005.500000000");
    expect(herd.server.status().clients).toBe(0);
  });

  test("[FG6] mends a clock that was ahead, or years behind, at once", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says(`${iamat("ada", 4000)}\n${iamat("ada", 1000)}`);
    const ahead = "AT Alford -3000.000000000 ada +1-1 4000";
    client.hearsLines(ahead, ahead);
    client.says(`FORGET ada\n${iamat("ada", 5)}\n${iamat("ada", 4)}\n${iamat("ada", 1000)}`);
    client.hearsLines(
      `FORGOT ada ${AT_1000}`,
      // Heard a nanosecond after it was forgotten.
      "AT Alford +995.000000001 ada +1-1 5",
      "AT Alford +995.000000001 ada +1-1 5",
      "AT Alford +0.000000001 ada +1-1 1000",
    );
    expect(herd.server.status().clients).toBe(1);
    expect(herd.store.read("ada")?.line).toBe(`AT Alford +0.000000001 ada +1-1 1000 forgot=${AT_1000}`);
  });

  test("[FG6] [FG12] a stamped report is heard after it too, while the clock has not come so far", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([marker("ada", "1005.000000000", "Parker")], 0, 1);
    const client = herd.client();
    client.says(iamat("ada", "now"));
    client.hearsLines("AT Alford +0.000000000 ada +1-1 1005.000000001");
    client.says(`${iamat("ada", "now")}\n${iamat("ada", "now")}`);
    client.hearsLines(
      "AT Alford +0.000000000 ada +1-1 1005.000000002",
      "AT Alford +0.000000000 ada +1-1 1005.000000003",
    );
    herd.nowMillis += 6000;
    client.says(iamat("ada", "now"));
    client.hearsLines("AT Alford +0.000000000 ada +1-1 1006.000000000");
  });

  test("[FG7] a forgotten client needs room to report again", () => {
    const herd = new CoreHarness({ limits: { clients: 1 } });
    const client = herd.client();
    client.says(`${iamat("ada", 990)}\n${iamat("bob", 990)}\nFORGET ada\n${iamat("bob", 990)}\n${iamat("ada", 991)}`);
    client.hearsLines(
      at("ada", 990),
      `? ${iamat("bob", 990)}`,
      `FORGOT ada ${AT_1000}`,
      at("bob", 990),
      `? ${iamat("ada", 991)}`,
    );
    expect(herd.server.status().clients).toBe(1);
  });

  test("[FG8] is told to whoever watches", () => {
    const herd = new CoreHarness();
    const [client, watcher, other, all] = [herd.client(), herd.client(), herd.client(), herd.client()];
    client.says(iamat("ada", 990));
    watcher.says("WATCH ada");
    other.says("WATCH bob");
    all.says("WATCH *");
    for (const connection of [client, watcher, other, all]) connection.takeReceived();
    client.says("FORGET ada");
    watcher.hearsLines(`FORGOT ada ${AT_1000}`);
    all.hearsLines(`FORGOT ada ${AT_1000}`);
    expect(other.takeReceived()).toEqual([]);
    herd.advance(1000);
    client.says(iamat("ada", 991));
    watcher.hearsLines("AT Alford +10.000000000 ada +1-1 991");
  });

  test("[FG8] is told before a report that came with it or that came while it waited", () => {
    const herd = new CoreHarness({ limits: { watchPerSecond: 1 } });
    const [client, watcher] = [herd.client(), herd.client()];
    client.says(iamat("ada", 990));
    watcher.says("WATCH ada");
    watcher.hearsLines("WATCH ada", at("ada", 990));
    herd.advance(1000);
    watcher.takeReceived();
    // In one turn.
    client.says(`FORGET ada\n${iamat("ada", 5)}`);
    watcher.hearsLines("FORGOT ada 1001.000000000", "AT Alford +996.000000001 ada +1-1 5");
    // In one interval of the throttle.
    client.says("FORGET ada");
    client.says(iamat("ada", 4));
    client.says(iamat("ada", 6));
    client.says("FORGET ada");
    client.says(iamat("ada", 3));
    expect(watcher.takeReceived()).toEqual([]);
    herd.advance(1000);
    watcher.hearsLines("FORGOT ada 1001.000000002", "AT Alford +998.000000003 ada +1-1 3");
  });

  test("[FG8] comes with a neighbour's report of a client that was forgotten there", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const [client, watcher] = [herd.client(), herd.client()];
    client.says(iamat("ada", 990));
    watcher.says("WATCH *");
    watcher.hearsLines("WATCH *");
    feed.sends([`AT Parker +995.500000001 ada +2-2 5 forgot=${AT_1000}`], 0, 1);
    watcher.hearsLines(`FORGOT ada ${AT_1000}`, "AT Parker +995.500000001 ada +2-2 5");
  });

  test("[FG9] needs the permission to report for the client, and an unknown client is forgotten as a known one", () => {
    const herd = new CoreHarness({ auth: {} });
    const exp = 5000;
    const may = (claims: object) => herd.client({ permissions: permissionsOf({ exp, ...claims }, 0), reasons: true });
    const [ada, bob, gateway, asker, operator] = [
      may({ sub: "ada" }),
      may({ sub: "bob" }),
      may({ sub: "gateway", herd: { reports: ["ad*"] } }),
      may({ sub: "asker", herd: { reports: [], asks: ["*"] } }),
      may({ sub: "op", herd: { operator: true } }),
    ];
    ada.says(iamat("ada", 990));
    ada.hearsLines(at("ada", 990));
    for (const nobody of [bob, asker]) {
      nobody.says("FORGET ada\nFORGET unknown");
      nobody.hearsLines("?forbidden FORGET ada", "?forbidden FORGET unknown");
    }
    expect(herd.server.status().clients).toBe(1);
    for (const [index, somebody] of [ada, gateway, operator].entries()) {
      somebody.says("FORGET ada");
      somebody.hearsLines(`FORGOT ada 1000.00000000${index}`);
    }
    operator.says("FORGET unknown");
    operator.hearsLines(`FORGOT unknown ${AT_1000}`);
  });

  test("[FG1] [ST3] is refused while the storage takes no writes", () => {
    const herd = new CoreHarness();
    herd.refuseWrites();
    herd.client().says(iamat("ada", 990));
    herd.restart();
    const client = herd.client({ reasons: true });
    client.says("FORGET ada");
    client.hears("?storage FORGET ada\n");
  });
});

describe("between servers", () => {
  test("[FG1] [FG4] a FORGET is flooded like a report", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    const client = herd.client();
    client.says(iamat("ada", 990));
    link.hearsFrame([at("ada", 990)], 0, 1);
    client.says("FORGET ada");
    herd.advance(60);
    link.hearsFrame([marker("ada", AT_1000)], 1, 2);
    client.says(iamat("ada", 5));
    herd.advance(60);
    link.hearsFrame([`AT Alford +995.060000000 ada +1-1 5 forgot=${AT_1000}`], 2, 3);
  });

  test("[FG5] what was heard before it is gone, and what was heard after it stays", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const client = herd.client({ unknown: "reject" });
    client.says(`${iamat("ada", 990)}\n${iamat("bob", 990)}`);
    client.takeReceived();
    // Both were heard at 1000.
    feed.sends([marker("ada", AT_1000, "Parker"), marker("bob", "999.999999999", "Parker")], 0, 2);
    client.says("WATCH ada\nWATCH bob");
    client.hearsLines("WATCH ada", "WATCH bob", at("bob", 990));
    expect(herd.server.status().clients).toBe(1);
    expect(herd.store.read("bob")?.line).toBe(`${at("bob", 990)} forgot=999.999999999`);
  });

  test("[FG5] [FG8] what it keeps is passed on as of that time, also to whom it heard the FORGET from", () => {
    const herd = new CoreHarness();
    const { feed, link } = herd.parker.meets();
    const [client, watcher] = [herd.client(), herd.client()];
    client.says(iamat("ada", 990));
    link.hearsFrame([at("ada", 990)], 0, 1);
    watcher.says("WATCH ada");
    watcher.hearsLines("WATCH ada", at("ada", 990));
    feed.sends([marker("ada", "999.000000000", "Parker")], 0, 1);
    expect(watcher.takeReceived()).toEqual([]);
    herd.advance(60);
    link.hearsFrame([`${at("ada", 990)} forgot=999.000000000`], 1, 2);
  });

  test("[FG5] a report that was heard no later than it changes nothing, and one that was is held as of its time", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const client = herd.client();
    client.says("FORGET ada");
    client.takeReceived();
    // Claimed later, and heard before.
    feed.sends(["AT Parker -5.000000000 ada +2-2 1005"], 0, 1);
    expect(herd.server.status().clients).toBe(0);
    feed.sends(["AT Parker +900.000000001 ada +3-3 100"], 1, 2);
    client.says("WHATSAT ada 1 1");
    herd.takeQuery();
    expect(herd.store.read("ada")?.line).toBe(`AT Parker +900.000000001 ada +3-3 100 forgot=${AT_1000}`);
    expect(herd.server.status().clients).toBe(1);
  });

  test("[FG3] [FG5] a later FORGET counts, an earlier one changes nothing", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const watcher = herd.client();
    watcher.says("WATCH ada");
    watcher.takeReceived();
    feed.sends([marker("ada", "500.000000000", "Parker")], 0, 1);
    watcher.hearsLines("FORGOT ada 500.000000000");
    herd.advance(1000);
    feed.sends([marker("ada", "499.000000000", "Parker"), marker("ada", "600.000000000", "Parker")], 1, 3);
    watcher.hearsLines("FORGOT ada 600.000000000");
    expect(herd.server.status().counters.feedStale).toBe(1);
  });

  test("[FG10] is not taken, nor is a report, if it says a time more than a day ahead of the clock", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const client = herd.client();
    client.says(iamat("ada", 990));
    client.takeReceived();
    const ahead = 1000 + 86_400;
    feed.sends(
      [
        marker("ada", `${ahead}.000000001`, "Parker"),
        "AT Parker +86000.000000000 bob +1-1 1500",
        marker("cid", `${ahead - 1}.000000000`, "Parker"),
      ],
      0,
      3,
    );
    expect(herd.server.status()).toMatchObject({ clients: 1, counters: { feedAhead: 2 } });
    expect([herd.store.read("bob"), herd.store.read("cid")?.forgotKey]).toEqual([undefined, "E87399"]);
  });

  test("[FG4] a field of that name which is no such time is a field like any other", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const line = `${at("ada", 990, "Parker")} forgot=yesterday`;
    feed.sends([line], 0, 1);
    const client = herd.client();
    client.says("FORGET bob\nWATCH ada");
    client.hearsLines(`FORGOT bob ${AT_1000}`, "WATCH ada", at("ada", 990, "Parker"));
  });
});
