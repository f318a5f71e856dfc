// Refusals that say why, to the clients that ask for reasons.

import { describe, expect, test } from "vitest";

import { permissionsOf } from "../../../src/core/access/permissions.ts";
import { parseRefusal, REFUSAL_CODES } from "../../../src/core/protocol/refusal.ts";
import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const ADDRESS = "192.0.2.1";
const LONG_CLIENT = "k".repeat(257);

/** A harness's clock shows 1,000,000 ms. */
const ROWS = [
  ["HELLO", "syntax"],
  ["iamat kiwi +0+0 1", "syntax"],
  ["AT Alford +0.000000000 kiwi +0+0 1", "syntax"],
  ["IAMAT kiwi +0+0", "syntax"],
  ["IAMAT kiwi here 1", "syntax"],
  ["IAMAT kiwi +0+0 1e3", "syntax"],
  ["WHATSAT kiwi ten 5", "syntax"],
  ["WHATSAT kiwi 10 five", "syntax"],
  ["WATCH a b", "syntax"],
  ["UNWATCH", "syntax"],
  [`IAMAT ${LONG_CLIENT} +0+0 1`, "range"],
  ["IAMAT kiwi +91+0 1", "range"],
  [`IAMAT kiwi +1.${"0".repeat(60)}+1 1`, "range"],
  ["WHATSAT kiwi 50.1 5", "range"],
  ["WHATSAT kiwi 10 0", "range"],
  [`WATCH ${LONG_CLIENT}`, "range"],
  ["IAMAT kiwi +0+0 4600.000000001", "clock"],
  ["WHATSAT nobody 10 5", "unknown"],
] as const;

describe("a connection that asks for reasons", () => {
  test.each(ROWS)("[LN12] [LN13] %j is refused as %s", (line, code) => {
    const client = new CoreHarness().client({ reasons: true });
    client.says(line);
    client.hears(`?${code} ${line}\n`);
  });

  test.each(ROWS)("[LN4] %j is refused with no more than its line to all others", (line) => {
    const client = new CoreHarness({ unknown: "reject" }).client();
    client.says(line);
    client.hears(`? ${line}\n`);
  });

  test.each(["websocket", "post"] as const)("[LN12] [LN5] hears them in the order of its commands, over %s", (via) => {
    const client = new CoreHarness().client({ reasons: true, via });
    client.says(`HELLO\n${iamat("kiwi", 990)}\nWHATSAT nobody 1 1\n\n${iamat("kea", 99_990)}`);
    client.hearsLines(
      "?syntax HELLO",
      at("kiwi", 990),
      "?unknown WHATSAT nobody 1 1",
      `?clock ${iamat("kea", 99_990)}`,
    );
  });

  test("[LN13] a WATCH in a POST is no command there", () => {
    const client = new CoreHarness().client({ reasons: true, via: "post" });
    client.says("WATCH kiwi");
    client.hears("?syntax WATCH kiwi\n");
  });

  test("[LN6] [LN12] [LN13] a line that is too long is copied as far as it is heard", () => {
    const herd = new CoreHarness({ limits: { lineBytes: 64 } });
    const client = herd.client({ reasons: true });
    client.says("x".repeat(65));
    client.hears(`?range ${"x".repeat(64)}\n`);
  });

  test("[LN11] [LN12] bytes that are not UTF-8 are copied as they are", () => {
    const client = new CoreHarness().client({ reasons: true });
    client.says(new Uint8Array([0x48, 0xff]));
    expect(client.takeReceived()).toEqual([new Uint8Array([...Buffer.from("?syntax H"), 0xff, 0x0a])]);
  });

  test.each([
    ["IAMAT kea +0+0 1"],
    ["WHATSAT kea 10 5"],
    ["WHATSAT nobody 10 5"],
    ["WATCH kea"],
    ["UNWATCH kea"],
    ["WATCH *"],
  ])("[AC4] [LN13] %j is forbidden to another client's token, whether the client is known or not", (line) => {
    const herd = new CoreHarness({ auth: {} });
    herd.client({ permissions: permissionsOf({ sub: "kea", exp: 9_999_999_999 }, 0) }).says(iamat("kea", 990));
    const client = herd.client({ reasons: true, permissions: permissionsOf({ sub: "kiwi", exp: 9_999_999_999 }, 0) });
    client.says(line);
    client.hears(`?forbidden ${line}\n`);
  });

  test("[LI5] [LN13] a client more than the server takes", () => {
    const herd = new CoreHarness({ limits: { clients: 1 } });
    const client = herd.client({ reasons: true });
    client.says(`${iamat("kiwi", 990)}\n${iamat("kea", 990)}`);
    client.hearsLines(at("kiwi", 990), `?full ${iamat("kea", 990)}`);
  });

  test("[WT7] [LN13] a watch more than the connection may have", () => {
    const client = new CoreHarness({ limits: { watches: 1 } }).client({ reasons: true });
    client.says("WATCH kiwi\nWATCH kea");
    client.hearsLines("WATCH kiwi", "?full WATCH kea");
  });

  test("[WA7] is told of an unknown client, unless it asks not to be", () => {
    const herd = new CoreHarness();
    const silent = herd.client({ reasons: true, unknown: "ignore" });
    silent.says("WHATSAT nobody 10 5\nHELLO");
    silent.hears("?syntax HELLO\n");
  });

  test("[LN12] goes on being told after hibernation", () => {
    const herd = new CoreHarness();
    const client = herd.client({ reasons: true });
    herd.restart(client);
    client.says("HELLO");
    client.hears("?syntax HELLO\n");
  });
});

describe("what comes too fast", () => {
  test("[LI2] [LN14] may be said again after so many seconds, and not before", () => {
    const herd = new CoreHarness({ limits: { commandsPerSecond: 3, commandsBurst: 2 } });
    const client = herd.client({ reasons: true, address: ADDRESS });
    client.says("WATCH a\nWATCH a\nWATCH b");
    client.hearsLines("WATCH a", "WATCH a", "?pace=0.334 WATCH b");
    herd.advance(333);
    client.says("WATCH b");
    client.hears("?pace=0.001 WATCH b\n");
    herd.advance(1);
    client.says("WATCH b");
    client.hears("WATCH b\n");
  });

  test("[LI3] [LN14] counts what the whole address said", () => {
    const herd = new CoreHarness({ limits: { addressCommandsPerSecond: 1, addressCommandsBurst: 2 } });
    const [one, other] = [1, 2].map(() => herd.client({ reasons: true, address: ADDRESS }));
    one?.says("WATCH a\nWATCH b");
    one?.hearsLines("WATCH a", "WATCH b");
    other?.says("WATCH c");
    other?.hears("?pace=1 WATCH c\n");
    herd.advance(1000);
    other?.says("WATCH c");
    other?.hears("WATCH c\n");
  });

  test("[LI4] [LN14] a WHATSAT has a wait of its own", () => {
    const herd = new CoreHarness({ limits: { whatsatsPerMinute: 2 } });
    const client = herd.client({ reasons: true, address: ADDRESS });
    client.says("WHATSAT a 1 1\nWHATSAT b 1 1\nWHATSAT c 1 1");
    client.hearsLines("?unknown WHATSAT a 1 1", "?unknown WHATSAT b 1 1", "?pace=30 WHATSAT c 1 1");
    herd.advance(30_000);
    client.says("WHATSAT c 1 1");
    client.hears("?unknown WHATSAT c 1 1\n");
  });
});

describe("a client reads", () => {
  test.each(REFUSAL_CODES)("[LN12] the code %s", (code) => {
    expect(parseRefusal(`?${code} WATCH  a\r`)).toEqual({ code, line: "WATCH  a\r" });
  });

  test.each([
    ["? HELLO", { code: "refused", line: "HELLO" }],
    ["? ", { code: "refused", line: "" }],
    ["? ?syntax HELLO", { code: "refused", line: "?syntax HELLO" }],
    ["?pace=0.35 HELLO you", { code: "pace", line: "HELLO you", retryAfterSeconds: 0.35 }],
    ["?pace HELLO", { code: "pace", line: "HELLO" }],
    ["?tomorrow HELLO", { code: "refused", line: "HELLO" }],
    ["?tomorrow=7 HELLO", { code: "refused", line: "HELLO" }],
  ])("[LN12] [LN14] %j", (answer, refusal) => {
    expect(parseRefusal(answer)).toEqual(refusal);
  });

  test.each(["HELLO", "", "AT Alford", "?", "?syntax", "?Syntax HELLO", "?pace= HELLO", "?pace=1e3 HELLO", " ? HELLO"])(
    "[LN12] %j as no refusal",
    (answer) => {
      expect(parseRefusal(answer)).toBeUndefined();
    },
  );
});
