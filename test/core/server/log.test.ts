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
  ])("[LG6] tells with `lines` that %j was refused, and why", (line, reason) => {
    const { herd } = quietHerd("lines");
    const client = herd.client();
    client.says(line);
    expect(herd.logged("refused")).toEqual([{ event: "refused", connection: client.id, reason, line }]);
  });

  test.each([
    ["FOO", "unknown command", {}],
    [at("ada", 990), "AT is for servers", {}],
    [iamat("ada", "4600.1"), "time too far ahead", { command: "IAMAT", client: "ada" }],
    ["IAMAT ada here 990", "location is not ±lat±lon", { command: "IAMAT" }],
    ["IAMAT +34.0689-118.4451 ada 990", "location is not ±lat±lon", { command: "IAMAT" }],
    [iamat("+34.0689-118.4451", "4600.1"), "time too far ahead", { command: "IAMAT" }],
    ["WHATSAT ada 51 1", "radius must be more than 0 and at most 50", { command: "WHATSAT" }],
    ["WATCH", "WATCH takes a client or *, and seconds for a client", { command: "WATCH" }],
  ])(
    "[LG6] [LG20] tells with `events` why %j was refused, and of the line what was understood",
    (line, reason, told) => {
      const { herd } = quietHerd();
      const client = herd.client();
      client.says(line);
      expect(herd.logged("refused")).toEqual([{ event: "refused", connection: client.id, reason, ...told }]);
    },
  );

  test("[LG6] tells of lines and messages that are too long or not UTF-8, with no more of them than is answered", () => {
    const herd = new CoreHarness({ limits: { lineBytes: 64, messageBytes: 1024 }, logLevel: "lines" });
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
    const { herd } = quietHerd("lines");
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

  test.each([
    "IAMAT kiwi +34.0689-118.4451 99999999999",
    "IAMAT kiwi 34.0689,-118.4451 990",
    "IAMAT +34.0689-118.4451 kiwi 990",
    "IAMAT +34.0689-118.4451 +34.0689-118.4451 99999999999",
    "iamat kiwi +34.0689-118.4451 990",
    "+34.0689-118.4451",
    "AT Parker +1.0 kiwi +34.0689-118.4451 990",
    "WHATSAT +34.0689-118.4451 100 5",
    "WHATSAT 34.0689,-118.4451",
    "WATCH +34.0689-118.4451 +34.0689-118.4451",
    '{"_type":"location","lat":34.0689,"lon":-118.4451}',
    "GET /?id=kiwi&lat=34.0689&lon=-118.4451 HTTP/1.1",
    "$GPGGA,123519,3406.89,N,11844.51,W,1,08",
    "kiwi is at ///filled.count.soap",
    `IAMAT kiwi ${"+34.0689-118.4451".repeat(100)} 990`,
    `IAMAT ${"k".repeat(300)} +34.0689-118.4451 990`,
    "IAMAT kiwi +34.0689-118.4451 990\nWHATSAT kiwi 10 5",
  ])("[LG20] tells with `events` no place that stands in %j", (lines) => {
    const { herd } = quietHerd();
    const client = herd.client({ unknown: "reject" });
    client.says(lines);
    client.says(new TextEncoder().encode(lines));
    client.says(Uint8Array.of(...new TextEncoder().encode(lines), 0xff));
    expect(herd.log.length).toBeGreaterThan(1);
    expect(JSON.stringify(herd.log)).not.toMatch(/3406|34.?0689|11844|118.?4451|soap/);
  });

  test("[LG20] tells with `events` no place that a neighbour, a provider or the end of a connection repeats", () => {
    const { herd, parker } = quietHerd();
    const client = herd.client();
    client.says("IAMAT ada +34.0689-118.4451 990\nWHATSAT ada 10 5");
    const words = 'Google Places did not understand the request. It says: "no such place: 34.0689,-118.4451"';
    const failures = [{ provider: "google", status: "INVALID_REQUEST" as const, message: words }];
    herd.takeQuery().answer({ ...NO_PLACES, status: "INVALID_REQUEST", error_message: words }, failures);
    parker.feed.sends(["AT Parker +1.0 ada +34.0689-118.4451 990 of another age"], 0, 1);
    parker.link.breaks("closed with 1000: +34.0689-118.4451");
    client.breaks("closed with 1000: at 34.0689, -118.4451");
    expect(eventsOf(herd.log)).toEqual([
      "connected",
      "places asked",
      "places failed",
      "places answered",
      "feed stopped",
      "feed closed",
      "link down",
      "disconnected",
    ]);
    expect(JSON.stringify(herd.log)).not.toMatch(/34.?0689|118.?4451/);
    expect(herd.statusOf(herd.parker).stoppedBy).toBe("AT with 9 fields");
    expect(herd.logged("places asked")).toEqual([
      { event: "places asked", query: 1, client: "ada", radiusKm: 10, items: 5 },
    ]);
    expect(herd.logged("feed stopped")).toEqual([{ event: "feed stopped", from: "Parker", line: "AT with 9 fields" }]);
  });

  test("[LG8] tells with `events` nothing of a line that is in order", () => {
    const { herd, parker } = quietHerd();
    herd.client().says(iamat("ada", 990));
    parker.feed.sends([at("bob", 990, "Parker")], 0, 1);
    expect(eventsOf(herd.log)).toEqual(["connected"]);
  });

  test("[LG23] of a client that is forgotten has no place and no line of it, also of the same turn", () => {
    const { herd } = quietHerd("lines");
    const client = herd.client();
    client.says(`${iamat("ada", 980)}\n${iamat("adam", 980)}\nWHATSAT ada 10 5\nIAMAT ada here 980`);
    herd.takeQuery().answer(NO_PLACES);
    client.says(`${iamat("ada", 990)}\nFORGET ada`);
    expect(JSON.stringify(herd.log)).not.toMatch(/line":"[^"]*\bada\b|location/);
    expect(herd.logged("input").map(({ line }) => line)).toEqual([iamat("adam", 980)]);
    expect(herd.logged("accepted").map(({ client: id }) => id)).toEqual(["ada", "adam", "ada"]);
    client.says(iamat("ada", 5));
    expect(herd.logged("input").map(({ line }) => line)).toEqual([iamat("adam", 980), iamat("ada", 5)]);
  });

  test.each([
    ["that it was forgotten", "AT Powell +0.000000000 ada +0+0 0 forgot=999.000000000"],
    ["a report heard after it was forgotten", `${at("ada", 995, "Powell")} forgot=999.000000000`],
  ])("[LG23] of a client of which a neighbour tells %s has no line of before", (_what, line) => {
    const { herd, parker } = quietHerd("lines");
    const client = herd.client();
    client.says(`${iamat("ada", 980)}\n${iamat("bob", 980)}`);
    parker.feed.sends([line], 0, 1);
    expect(herd.logged("input").map((input) => input.line)).toEqual([iamat("bob", 980)]);
  });

  test("[LG23] has no older report of a forgotten client that comes later, and leaves others alone", () => {
    const { herd, parker } = quietHerd("lines");
    herd.client().says("FORGET ada");
    herd.nowMillis += 1000;
    parker.feed.sends([at("ada", 990, "Parker"), at("bob", 990, "Parker")], 0, 1);
    parker.feed.sends([at("bob", 980, "Parker")], 1, 2);
    expect(herd.logged("input").map(({ line }) => line)).toEqual([at("bob", 990, "Parker"), at("bob", 980, "Parker")]);
  });

  test("[LG23] keeps with `events` what it tells of a client that is forgotten", () => {
    const { herd } = quietHerd();
    const client = herd.client();
    client.says(`${iamat("ada", 980)}\nWHATSAT ada 10 5\nFORGET ada`);
    expect(eventsOf(herd.log)).toEqual(["connected", "places asked"]);
  });
});
