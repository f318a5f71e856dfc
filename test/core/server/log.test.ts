// What a server's log tells, in order.

import { describe, expect, test } from "vitest";

import type { LogEntry, LogLevel } from "../../../src/core/contract/log-entry.ts";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";
import { NO_PLACES } from "../../support/no-places.ts";

/** A server whose neighbours are linked, and whose log is then empty. */
function quietHerd(logLevel: LogLevel = "events") {
  const herd = new CoreHarness({ logLevel });
  const [parker, powell] = [herd.parker.meets(), herd.powell.meets()];
  herd.log.length = 0;
  return { herd, parker, powell };
}

const eventsOf = (log: readonly LogEntry[]) => log.map(({ event }) => event);

describe("the log", () => {
  test("[LG3] [LG5] tells of the start and of the links that come up", () => {
    const herd = new CoreHarness();
    const { epoch, incarnation } = herd.server.status();
    herd.parker.meets();
    expect(herd.log).toEqual([
      { event: "started", epoch, incarnation, starts: 1, clients: 0 },
      { event: "dialled", to: "Parker" },
      { event: "dialled", to: "Powell" },
      { event: "feed open", from: "Parker", epoch: "Parker-epoch", cursor: 0 },
      { event: "link up", to: "Parker", cursor: 0, behind: 0 },
    ]);
    herd.client().says(iamat("ada", 990));
    herd.restart();
    expect(herd.logged("started").at(-1)).toMatchObject({ starts: 2, clients: 1 });
  });

  test("[LG4] tells of clients that come and go, and how", () => {
    const { herd } = quietHerd();
    const [websocket, tcp] = [herd.client(), herd.client({ via: "tcp" })];
    websocket.breaks("closed with 1000");
    tcp.ends();
    expect(herd.log).toEqual([
      { event: "connected", connection: websocket.id, via: "websocket" },
      { event: "connected", connection: tcp.id, via: "tcp" },
      { event: "disconnected", connection: websocket.id, reason: "closed with 1000" },
      { event: "disconnected", connection: tcp.id, reason: "input ended" },
    ]);
  });

  test("[LG5] tells of links that are lost, either way", () => {
    const { herd, parker } = quietHerd();
    parker.feed.breaks("closed with 1006");
    parker.link.breaks("closed with 1006");
    expect(herd.log).toEqual([
      { event: "feed closed", from: "Parker", reason: "closed with 1006" },
      { event: "link down", to: "Parker", reason: "closed with 1006" },
    ]);
  });

  test.each([
    ["FOO", "unknown command"],
    [at("ada", 990), "AT is for servers"],
    [iamat("ada", "4600.1"), "time too far ahead"],
    ["IAMAT ada here 990", "location is not ±lat±lon"],
    ["WHATSAT ada 51 1", "radius must be more than 0 and at most 50"],
  ])("[LG6] tells that %j was refused, and why", (line, reason) => {
    const { herd } = quietHerd();
    const client = herd.client();
    client.says(line);
    expect(herd.logged("refused")).toEqual([{ event: "refused", connection: client.id, reason, line }]);
  });

  test("[LG6] tells of lines and messages that are too long or not UTF-8, with no more of them than is answered", () => {
    const herd = new CoreHarness({ limits: { lineBytes: 64, messageBytes: 1024 } });
    const client = herd.client();
    client.says("x".repeat(65));
    client.says(Uint8Array.of(0x78, 0xff));
    client.says("x".repeat(1025));
    expect(herd.logged("refused")).toEqual([
      { event: "refused", connection: client.id, reason: "line too long", line: "x".repeat(64) },
      { event: "refused", connection: client.id, reason: "not UTF-8", line: "2 bytes" },
      { event: "refused", connection: client.id, reason: "message too long", line: "" },
    ]);
  });

  test("[LG7] tells of questions about places and what came of them", () => {
    const { herd } = quietHerd();
    const client = herd.client();
    client.says(`${iamat("ada", 990)}\nWHATSAT ada 10 5`);
    const query = herd.takeQuery();
    herd.nowMillis += 120;
    query.answer({ ...NO_PLACES, status: "UNKNOWN_ERROR", error_message: "HTTP 500" });
    expect(herd.logged("places asked")).toMatchObject([{ client: "ada", location: "+1-1", radiusKm: 10, items: 5 }]);
    expect(herd.logged("places answered")).toMatchObject([
      { provider: "the test", status: "UNKNOWN_ERROR", results: 0, millis: 120, error: "HTTP 500" },
    ]);
  });

  test("[LG8] tells with `lines` of every line in and out, what became of it, and each flood", () => {
    const { herd, parker, powell } = quietHerd("lines");
    const client = herd.client();
    herd.inOneTurn(() => {
      client.says(`${iamat("ada", 990)}\n${iamat("ada", 980)}\n\nFOO`);
      parker.feed.sends([at("bob", 990, "Parker")], 0, 1);
    });
    powell.link.takeReceived();
    const me = `client ${client.id}`;
    expect(herd.log).toEqual([
      { event: "connected", connection: client.id, via: "websocket" },
      { event: "input", from: me, line: iamat("ada", 990) },
      { event: "input", from: me, line: iamat("ada", 980) },
      { event: "input", from: me, line: "FOO" },
      { event: "refused", connection: client.id, reason: "unknown command", line: "FOO" },
      { event: "input", from: "Parker", line: at("bob", 990, "Parker") },
      { event: "accepted", seq: 1, client: "ada", from: "a client" },
      { event: "accepted", seq: 2, client: "bob", from: "Parker" },
      { event: "stale", client: "ada", from: "a client" },
      { event: "output", to: me, line: at("ada", 990) },
      { event: "output", to: me, line: at("ada", 990) },
      { event: "output", to: me, line: "? FOO" },
      { event: "output", to: "Parker", line: at("ada", 990) },
      { event: "flood", to: "Parker", reports: 1, upTo: 2 },
      { event: "output", to: "Powell", line: at("ada", 990) },
      { event: "output", to: "Powell", line: at("bob", 990, "Parker") },
      { event: "flood", to: "Powell", reports: 2, upTo: 2 },
    ]);
  });

  test("[LG8] tells with `lines` how much of an answer of several lines it leaves out", () => {
    const { herd } = quietHerd("lines");
    const client = herd.client();
    client.says(`${iamat("ada", 990)}\nWHATSAT ada 10 5`);
    client.takeReceived();
    herd.takeQuery().answer(NO_PLACES);
    const [answer = ""] = client.takeReceived().map(String);
    const { line, more = 0 } = herd.logged("output").at(-1) ?? { line: "" };
    expect(line).toBe(at("ada", 990));
    expect(line.length + 1 + more).toBe(answer.length);
  });

  test("[LG8] tells with `events` nothing of a line that is in order", () => {
    const { herd, parker } = quietHerd();
    herd.client().says(iamat("ada", 990));
    parker.feed.sends([at("bob", 990, "Parker")], 0, 1);
    expect(eventsOf(herd.log)).toEqual(["connected"]);
  });
});
