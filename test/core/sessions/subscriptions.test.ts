// Connections that watch: what they are told, when, and what they are not.

import { describe, expect, test } from "vitest";

import { permissionsOf } from "../../../src/core/access/permissions.ts";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";
import type { ScriptedClient } from "../../support/scripted-connections.ts";

/** What it was told since the last time: clients and times of AT lines. */
function toldOf(watcher: ScriptedClient): string[] {
  const lines = watcher.takeReceived().join("").split("\n").slice(0, -1);
  return lines.map((line) => line.replace(/^AT \S+ \S+ (\S+) \S+ (\d+)$/, "$1 $2"));
}

/** Ada moves each ten milliseconds, a hundred times. */
function moves(herd: CoreHarness): void {
  const client = herd.client();
  for (let move = 1; move <= 100; move++) {
    client.says(iamat("ada", 900 + move));
    herd.advance(10);
  }
}

/** The feed of a neighbour whose reports are held back. */
function unflushed(herd: CoreHarness) {
  const feed = herd.parker.dials({ features: ["got"] });
  feed.hearsSync(0);
  return feed;
}

describe("a watch of one client", () => {
  test("[WT1] [WT3] tells each report of that client, whoever sends it, and of no other", () => {
    const herd = new CoreHarness();
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says(" WATCH\t ada ");
    watcher.hearsLines("WATCH ada");
    client.says(`${iamat("ada", 980)}\n${iamat("bob", 980)}`);
    watcher.hearsLines(at("ada", 980));
    const { feed } = herd.parker.meets();
    herd.advance(100);
    feed.sends([at("ada", 990, "Parker"), at("bob", 990, "Parker")], 0, 2);
    watcher.hearsLines(at("ada", 990, "Parker"));
    expect(herd.server.counters.status()).toMatchObject({
      commands: { "WATCH answered": 1, "UNWATCH answered": 0 },
      told: 2,
    });
  });

  test("[WT2] is answered with the report held, if there is one, and again when said again", () => {
    const herd = new CoreHarness();
    herd.client().says(iamat("ada", 980));
    const watcher = herd.client();
    watcher.says("WATCH ada\nHELLO\nWATCH bob\nWATCH ada");
    watcher.hearsLines("WATCH ada", at("ada", 980), "? HELLO", "WATCH bob", "WATCH ada", at("ada", 980));
    expect(herd.server.status().watches).toBe(2);
  });

  test("[WT2] is answered with what the same turn brought, which is not told a second time", () => {
    const herd = new CoreHarness();
    const [watcher, client] = [herd.client(), herd.client()];
    herd.inOneTurn(() => {
      watcher.says("WATCH ada");
      client.says(iamat("ada", 980));
    });
    watcher.hearsLines("WATCH ada", at("ada", 980));
    herd.advance(1000);
    watcher.hearsNothing();
  });

  test("[WT1] [WT9] ends with UNWATCH, also where there was none", () => {
    const herd = new CoreHarness();
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH ada\nUNWATCH  ada\nUNWATCH bob\nUNWATCH *");
    watcher.hearsLines("WATCH ada", "UNWATCH ada", "UNWATCH bob", "UNWATCH *");
    client.says(iamat("ada", 980));
    watcher.hearsNothing();
    expect(herd.server.status().watches).toBe(0);
  });

  test("[WT9] [LN5] begins and ends when its answer leaves, in the order of the commands", () => {
    const herd = new CoreHarness();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 970));
    watcher.says("WHATSAT ada 1 1\nWATCH ada");
    const first = herd.takeQuery();
    client.says(iamat("ada", 980));
    watcher.hearsNothing();
    first.answer({ html_attributions: [], results: [], status: "ZERO_RESULTS" });
    expect(watcher.takeReceived().join("")).toMatch(
      new RegExp(`^${RegExp.escape(at("ada", 970))}\n\\{[^]*\\}\n\nWATCH ada\n${RegExp.escape(at("ada", 980))}\n$`),
    );
    watcher.says("WHATSAT ada 1 1\nUNWATCH ada");
    herd.advance(100);
    client.says(iamat("ada", 985));
    expect(toldOf(watcher)).toEqual(["ada 985"]);
    herd.takeQuery().answer({ html_attributions: [], results: [], status: "ZERO_RESULTS" });
    watcher.takeReceived();
    herd.advance(100);
    client.says(iamat("ada", 990));
    watcher.hearsNothing();
  });

  test("[WT3] tells nothing that the guard refused", () => {
    const herd = new CoreHarness();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 980));
    watcher.says("WATCH ada");
    watcher.takeReceived();
    client.says(iamat("ada", 980));
    client.says(iamat("ada", 970));
    herd.advance(1000);
    watcher.hearsNothing();
  });

  test("[WT10] tells the one who reports itself, after the answer", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says(`WATCH ada\n${iamat("ada", 980)}\nHELLO`);
    client.hears(`WATCH ada\n${at("ada", 980)}\n${at("ada", 980)}\n? HELLO\n`);
    herd.advance(100);
    client.says(`${iamat("ada", 990)}\nHELLO`);
    expect(toldOf(client)).toEqual(["ada 990", "? HELLO", "ada 990"]);
  });

  test("[WT3] [CU6] tells what a neighbour reported before it is durable, and writes nothing for it", () => {
    const herd = new CoreHarness();
    const feed = unflushed(herd);
    const watcher = herd.client();
    watcher.says("WATCH ada");
    watcher.hearsLines("WATCH ada");
    // The first frame's numbers are written ahead.
    feed.sends([at("ada", 980, "Parker")], 0, 1);
    watcher.hearsLines(at("ada", 980, "Parker"));
    const { rowsWritten } = herd.store;
    herd.advance(100);
    feed.sends([at("ada", 990, "Parker")], 1, 2);
    watcher.hearsLines(at("ada", 990, "Parker"));
    watcher.says("WATCH ada");
    watcher.hearsLines("WATCH ada", at("ada", 990, "Parker"));
    expect(herd.store.rowsWritten).toBe(rowsWritten);
    expect(herd.store.read("ada")).toBeUndefined();
  });
});

describe("a watch of everybody", () => {
  test("[WT2] [WT3] [WT10] tells nothing that is held, and each report from then on, once", () => {
    const herd = new CoreHarness();
    const [watcher, client] = [herd.client(), herd.client()];
    client.says(iamat("ada", 980));
    watcher.says("WATCH *\nWATCH bob");
    watcher.hearsLines("WATCH *", "WATCH bob");
    herd.advance(100);
    client.says(`${iamat("bob", 980)}\n${iamat("ada", 985)}`);
    expect(toldOf(watcher)).toEqual(["bob 980", "ada 985"]);
  });

  test("[WT1] is a watch of its own: what is watched by name stays so without it", () => {
    const herd = new CoreHarness();
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH ada\nWATCH *\nUNWATCH *");
    watcher.takeReceived();
    client.says(`${iamat("ada", 980)}\n${iamat("bob", 980)}`);
    watcher.hearsLines(at("ada", 980));
    watcher.says("WATCH *\nUNWATCH ada");
    watcher.takeReceived();
    herd.advance(100);
    client.says(`${iamat("ada", 990)}\n${iamat("bob", 990)}`);
    expect(toldOf(watcher)).toEqual(["ada 990", "bob 990"]);
  });
});

describe("a client that moves fast", () => {
  test("[WT4] [WT11] is told of so many times a second, the newest each time, and where it came to rest", () => {
    const herd = new CoreHarness({ limits: { watchPerSecond: 4 } });
    const watchers = [herd.client(), herd.client()];
    watchers[0]?.says("WATCH ada");
    watchers[1]?.says("WATCH *\nWATCH ada");
    for (const watcher of watchers) watcher.takeReceived();
    moves(herd);
    herd.advance(1000);
    for (const watcher of watchers)
      expect(toldOf(watcher)).toEqual(["ada 901", "ada 925", "ada 950", "ada 975", "ada 1000"]);
    expect(herd.server.nextTurnMillis - herd.nowMillis).toBeGreaterThan(1000);
  });

  test("[WT11] is told of to one who comes meanwhile as it is held, and then only what is newer", () => {
    const herd = new CoreHarness({ limits: { watchPerSecond: 1 } });
    const [first, second, client] = [herd.client(), herd.client(), herd.client()];
    first.says("WATCH ada");
    first.hearsLines("WATCH ada");
    client.says(iamat("ada", 980));
    herd.advance(10);
    client.says(iamat("ada", 981));
    second.says("WATCH ada\nWATCH *");
    expect([toldOf(first), toldOf(second)]).toEqual([["ada 980"], ["WATCH ada", "ada 981", "WATCH *"]]);
    herd.advance(1000);
    expect([toldOf(first), toldOf(second)]).toEqual([["ada 981"], []]);
    client.says(iamat("ada", 982));
    herd.advance(1000);
    expect([toldOf(first), toldOf(second)]).toEqual([["ada 982"], ["ada 982"]]);
  });

  test("[WT4] is told of without a limit where that is 0", () => {
    const herd = new CoreHarness({ limits: { watchPerSecond: 0 } });
    const watcher = herd.client();
    watcher.says("WATCH ada");
    watcher.takeReceived();
    moves(herd);
    expect(watcher.takeReceived()).toHaveLength(100);
  });

  test("[WT4] is told of no more after UNWATCH, though a line of it waited", () => {
    const herd = new CoreHarness({ limits: { watchPerSecond: 1 } });
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH ada\nWATCH *");
    watcher.takeReceived();
    client.says(iamat("ada", 980));
    client.says(iamat("ada", 981));
    watcher.hearsLines(at("ada", 980));
    watcher.says("UNWATCH ada\nUNWATCH *");
    watcher.takeReceived();
    herd.advance(5000);
    watcher.hearsNothing();
  });
});

describe("a reader that is slow", () => {
  const BUFFERED = 65_536;

  test("[WT5] is told nothing while much waits unread, and then of each client the newest, in one message", () => {
    const herd = new CoreHarness({ limits: { bufferedBytes: BUFFERED } });
    const [slow, fast, client] = [herd.client(), herd.client(), herd.client()];
    for (const watcher of [slow, fast]) watcher.says("WATCH *");
    for (const watcher of [slow, fast]) watcher.hearsLines("WATCH *");
    slow.leavesUnread(BUFFERED / 4);
    for (const time of [970, 971, 972]) {
      client.says(`${iamat("ada", time)}\n${iamat("bob", time)}`);
      herd.advance(1000);
      expect(fast.takeReceived()).toHaveLength(1);
    }
    slow.hearsNothing();
    slow.leavesUnread(0);
    herd.advance(100);
    const received = slow.takeReceived();
    expect(received).toHaveLength(1);
    expect(received.join("")).toMatch(/^AT .* ada .* 972\nAT .* bob .* 972\n$/);
    expect(herd.server.nextTurnMillis - herd.nowMillis).toBeGreaterThan(100);
    slow.isOpen();
  });

  test("[WT5] is told as much as there is room for, what waits longest first", () => {
    const herd = new CoreHarness({ limits: { bufferedBytes: BUFFERED } });
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH *");
    watcher.takeReceived();
    const lineLength = at("p1", 990).length;
    watcher.leavesUnread(BUFFERED / 4 - lineLength - 1);
    client.says(["p1", "p2", "p3"].map((name) => iamat(name, 990)).join("\n"));
    watcher.hearsLines(at("p1", 990), at("p2", 990));
    watcher.leavesUnread(0);
    herd.advance(100);
    watcher.hearsLines(at("p3", 990));
  });

  test("[WT5] learns from the answer to a WATCH what waits for it, and is not told that again", () => {
    const herd = new CoreHarness();
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH *");
    watcher.takeReceived();
    watcher.leavesUnread(2 ** 20);
    client.says(iamat("ada", 990));
    watcher.says("WATCH ada");
    watcher.hearsLines("WATCH ada", at("ada", 990));
    watcher.leavesUnread(0);
    herd.advance(1000);
    watcher.hearsNothing();
  });

  test("[WT12] that takes nothing for watchStallSeconds is closed, and is no reason to stay awake before or after", () => {
    const herd = new CoreHarness({ limits: { watchStallSeconds: 5 } });
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH *");
    watcher.takeReceived();
    watcher.leavesUnread(2 ** 20);
    herd.advance(60_000);
    client.says(iamat("ada", 990));
    herd.advance(4999);
    watcher.isOpen();
    herd.advance(100);
    watcher.isClosedWith(1013, "reads too slowly");
    expect(herd.server.status()).toMatchObject({ connections: 1, watches: 0 });
    expect(herd.server.nextTurnMillis - herd.nowMillis).toBeGreaterThan(100);
  });

  test("[WT5] may read slowly for ever", () => {
    const herd = new CoreHarness({ limits: { watchStallSeconds: 5 } });
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH *");
    for (let second = 0; second < 30; second++) {
      watcher.leavesUnread(second % 3 === 0 ? 0 : 2 ** 20);
      client.says(iamat("ada", 900 + second));
      herd.advance(1000);
    }
    watcher.leavesUnread(0);
    herd.advance(100);
    watcher.isOpen();
    expect(toldOf(watcher).at(-1)).toBe("ada 929");
  });

  test("[WT12] of all the one for whom most waits is closed when too much does", () => {
    const herd = new CoreHarness({ limits: { watchWaiting: 5 } });
    const [most, least, fast, client] = [herd.client(), herd.client(), herd.client(), herd.client()];
    for (const watcher of [most, fast]) watcher.says("WATCH *");
    least.says("WATCH p0\nWATCH p1");
    for (const watcher of [most, least]) watcher.leavesUnread(2 ** 20);
    for (let n = 0; n < 3; n++) client.says(iamat(`p${n}`, 990));
    for (const watcher of [most, least]) watcher.isOpen();
    client.says(iamat("p3", 990));
    most.isClosedWith(1013, "reads too slowly");
    for (const watcher of [least, fast]) watcher.isOpen();
    expect(fast.takeReceived()).toHaveLength(5);
    least.leavesUnread(0);
    herd.advance(100);
    expect(least.takeReceived().join("")).toContain(`${at("p0", 990)}\n${at("p1", 990)}\n`);
  });
});

describe("what is watched", () => {
  test("[WT6] outlives the server's memory", () => {
    const herd = new CoreHarness();
    const watcher = herd.client();
    watcher.says("WATCH ada\nWATCH bob\nUNWATCH bob");
    watcher.takeReceived();
    herd.restart(watcher);
    expect(herd.server.status().watches).toBe(1);
    herd.client().says(`${iamat("bob", 980)}\n${iamat("ada", 980)}`);
    watcher.hearsLines(at("ada", 980));
    watcher.says("UNWATCH ada");
    watcher.hearsLines("UNWATCH ada");
    herd.restart(watcher);
    expect(herd.server.status()).toMatchObject({ connections: 1, watches: 0 });
  });

  test("[WT13] is no reason to stay awake", () => {
    const herd = new CoreHarness();
    const dueMillis = herd.server.nextTurnMillis;
    const [watcher, client] = [herd.client(), herd.client()];
    watcher.says("WATCH *\nWATCH ada");
    expect(herd.server.nextTurnMillis).toBe(dueMillis);
    client.says(iamat("ada", 980));
    herd.advance(100);
    const afterMillis = herd.server.nextTurnMillis;
    watcher.says("UNWATCH *\nUNWATCH ada");
    expect(herd.server.nextTurnMillis).toBe(afterMillis);
  });

  test("[WT1] is forgotten with the connection", () => {
    const herd = new CoreHarness();
    const watcher = herd.client();
    watcher.says("WATCH ada\nWATCH *");
    watcher.breaks();
    herd.client().says(iamat("ada", 980));
    expect(herd.server.status().watches).toBe(0);
  });

  test("[WT1] ends with a connection whose input has ended, after its answers", () => {
    const herd = new CoreHarness();
    const watcher = herd.client({ via: "tcp" });
    watcher.streams("WATCH ada\n");
    watcher.hearsLines("WATCH ada");
    watcher.ends();
    watcher.isClosedWith(1000);
    expect(herd.server.status().watches).toBe(0);
  });
});

describe("what is refused", () => {
  test("[WT7] more watches than a connection may have; what is watched may be said again, and ended for another", () => {
    const herd = new CoreHarness({ limits: { watches: 2 } });
    const watcher = herd.client();
    watcher.says("WATCH a\nWATCH *\n WATCH  b\nWATCH a\nUNWATCH a\nWATCH b");
    watcher.hearsLines("WATCH a", "WATCH *", "?  WATCH  b", "WATCH a", "UNWATCH a", "WATCH b");
    expect(herd.logged("refused")).toMatchObject([{ reason: "too many watches", command: "WATCH", client: "b" }]);
    expect(herd.server.counters.status()).toMatchObject({
      commands: { "WATCH answered": 4, "UNWATCH answered": 1 },
      refused: { "too many watches": 1 },
    });
  });

  test("[WT7] more watches than all connections may have, until one leaves", () => {
    const herd = new CoreHarness({ limits: { watchesOfAll: 2 } });
    const [first, second] = [herd.client(), herd.client()];
    first.says("WATCH a\nWATCH b");
    first.takeReceived();
    second.says("WATCH a");
    second.hearsLines("? WATCH a");
    first.breaks();
    second.says("WATCH a");
    second.hearsLines("WATCH a");
  });

  test("[WT15] whatever a POST says of watching", () => {
    const herd = new CoreHarness();
    const post = herd.client({ via: "post" });
    post.says("WATCH ada\nUNWATCH ada");
    post.hearsLines("? WATCH ada", "? UNWATCH ada");
  });

  test("[WT14] [AC4] clients about whom the token may not ask, and all, unless it may ask about all", () => {
    const herd = new CoreHarness({ auth: { clockToleranceSeconds: 0 } });
    const clientOf = (claims: Readonly<Record<string, unknown>>) =>
      herd.client({ permissions: permissionsOf({ exp: 2000, ...claims }, 0) });
    const said = "WATCH kiwi\nWATCH bus-7\nWATCH *";
    const kiwi = clientOf({ sub: "kiwi" });
    kiwi.says(said);
    kiwi.hearsLines("WATCH kiwi", "? WATCH bus-7", "? WATCH *");
    // A client of that name, who is not all of them.
    const star = clientOf({ sub: "*" });
    star.says(said);
    star.hearsLines("? WATCH kiwi", "? WATCH bus-7", "? WATCH *");
    const buses = clientOf({ sub: "x", herd: { asks: ["bus-*"] } });
    buses.says(said);
    buses.hearsLines("? WATCH kiwi", "WATCH bus-7", "? WATCH *");
    for (const claims of [{ herd: { asks: ["*"] } }, { herd: { operator: true } }]) {
      const all = clientOf(claims);
      all.says(said);
      all.hearsLines("WATCH kiwi", "WATCH bus-7", "WATCH *");
    }
  });

  test("[AC6] [WT3] whoever's token has ended is closed, and told nothing after that", () => {
    const herd = new CoreHarness({ auth: { clockToleranceSeconds: 0 } });
    const watcher = herd.client({ permissions: permissionsOf({ sub: "ada", exp: 1100 }, 0) });
    const reporter = herd.client({ permissions: permissionsOf({ sub: "ada", exp: 5000 }, 0) });
    watcher.says("WATCH ada");
    watcher.hearsLines("WATCH ada");
    herd.nowMillis = 1_100_000;
    reporter.says(iamat("ada", 990));
    watcher.hearsNothing();
    watcher.isClosedWith(1008, "the token has expired");
  });
});

test("[WT3] [LG8] what is told is in a log of lines", () => {
  const herd = new CoreHarness({ logLevel: "lines" });
  const [watcher, client] = [herd.client(), herd.client()];
  watcher.says("WATCH ada");
  client.says(iamat("ada", 980));
  expect(herd.logged("output").map(({ to, line }) => [to, line])).toEqual([
    [`client ${watcher.id}`, "WATCH ada"],
    [`client ${client.id}`, at("ada", 980)],
    [`client ${watcher.id}`, at("ada", 980)],
  ]);
});
