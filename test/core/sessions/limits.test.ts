// What one server lets its clients do: how fast, how much, how long without a word.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const ADDRESS = "192.0.2.1";
const hellos = (count: number) => Array.from({ length: count }, (_, n) => `HELLO ${n}`);
const told = (lines: readonly string[]) => lines.map((line) => `? ${line}`);
const people = (count: number, name = "p") => Array.from({ length: count }, (_, n) => `${name}${n}`);

describe("commands of a connection", () => {
  const limits = { commandsPerSecond: 2, commandsBurst: 3 };

  test("[LI2] above the burst are answered `? `, change nothing, and are logged with the reason", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ address: ADDRESS });
    const lines = people(4).map((person) => iamat(person, 990));
    client.says(`${lines.join("\n")}\n`);
    client.hearsLines(...people(3).map((person) => at(person, 990)), `? ${lines[3]}`);
    expect(herd.store.read("p3")).toBeUndefined();
    expect(herd.logged("refused")).toMatchObject([{ reason: "too many commands", command: "IAMAT" }]);
    client.isOpen();
  });

  test("[LI2] are heard again as time goes by, so many a second", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ address: ADDRESS });
    client.says(
      people(3)
        .map((person) => iamat(person, 990))
        .join("\n"),
    );
    client.takeReceived();
    herd.advance(1000);
    client.says(
      people(3, "q")
        .map((person) => iamat(person, 990))
        .join("\n"),
    );
    expect(client.takeReceived().join("")).toMatch(/^AT .* q0 .*\nAT .* q1 .*\n\? IAMAT q2 .*\n$/);
  });

  test("[LI14] that go on far above it close the connection with 1008, after its answers", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ address: ADDRESS });
    client.says(hellos(20).join("\n"));
    // The burst, as many refusals, and the one that was too many.
    client.hearsLines(...told(hellos(7)));
    client.isClosedWith(1008, "too many commands");
    client.says("HELLO");
    client.hearsNothing();
    expect(herd.server.status().connections).toBe(0);
  });

  test("[LI14] twice as fast as they may are never closed for", () => {
    const herd = new CoreHarness({ limits: { commandsPerSecond: 2, commandsBurst: 2 } });
    const client = herd.client({ address: ADDRESS });
    for (let n = 0; n < 200; n++) {
      herd.advance(250);
      client.says(`HELLO ${n}`);
    }
    client.isOpen();
    expect(client.takeReceived()).toHaveLength(200);
  });

  test("[LI2] white space and the LF at a message's end are no commands to answer", () => {
    const herd = new CoreHarness({ limits: { commandsPerSecond: 1, commandsBurst: 1 } });
    const client = herd.client({ address: ADDRESS });
    client.says("HELLO\n");
    client.says(" \t\n");
    client.hearsLines("? HELLO");
    client.isOpen();
  });

  test("[LI2] that are not even lines count as well, and come back as they came", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ address: ADDRESS });
    client.says(hellos(3).join("\n"));
    client.takeReceived();
    client.says(Uint8Array.of(0xff, 0xfe));
    client.hears(Uint8Array.of(0x3f, 0x20, 0xff, 0xfe, 0x0a));
    expect(herd.logged("refused").at(-1)).toMatchObject({ reason: "too many commands" });
  });

  test("[LI2] of the herd's own machine, and with a rate of 0, are not counted", () => {
    const own = new CoreHarness({ limits });
    const free = new CoreHarness({ limits: { commandsPerSecond: 0, addressCommandsPerSecond: 0 } });
    for (const client of [own.client(), free.client({ address: ADDRESS })]) {
      client.says(hellos(5000).join("\n"));
      expect(client.takeReceived().join("").split("\n")).toHaveLength(5001);
      client.isOpen();
    }
  });

  test("[LI2] hold for a connection that wakes", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ address: ADDRESS });
    herd.restart(client);
    client.says(hellos(20).join("\n"));
    client.isClosedWith(1008);
  });
});

describe("commands of an address", () => {
  test("[LI3] are counted over its connections, one after another or together, and close none", () => {
    const herd = new CoreHarness({ limits: { addressCommandsPerSecond: 1, addressCommandsBurst: 3 } });
    const clients = people(4).map(() => herd.client({ address: ADDRESS }));
    for (const [n, client] of clients.entries()) client.says(iamat(`p${n}`, 990));
    for (const [n, client] of clients.slice(0, 3).entries()) client.hearsLines(at(`p${n}`, 990));
    clients[3]?.hearsLines(`? ${iamat("p3", 990)}`);
    clients[0]?.breaks();
    const again = herd.client({ address: ADDRESS });
    for (let n = 0; n < 100; n++) again.says("HELLO");
    again.isOpen();
    expect(herd.logged("refused").every(({ reason }) => reason === "too many commands")).toBe(true);
    herd.client({ address: "192.0.2.2" }).says(iamat("q", 990));
    expect(herd.store.read("q")).toBeDefined();
  });
});

describe("WHATSATs of a connection", () => {
  test("[LI4] above so many a minute ask nobody, are answered `? `, and are asked again later", () => {
    const herd = new CoreHarness({ limits: { whatsatsPerMinute: 2 } });
    const client = herd.client({ address: ADDRESS });
    client.says(iamat("ada", 990));
    client.takeReceived();
    client.says("WHATSAT ada 1 1\nWHATSAT ada 1 1\nWHATSAT ada 1 1");
    for (const _ of [1, 2]) herd.takeQuery().answer({ html_attributions: [], results: [], status: "OK" });
    herd.expectNoQuery();
    expect(client.takeReceived().join("")).toMatch(/\n\n\? WHATSAT ada 1 1\n$/);
    expect(herd.logged("refused")).toMatchObject([{ reason: "too many WHATSATs", command: "WHATSAT", client: "ada" }]);
    herd.advance(30_000);
    client.says("WHATSAT ada 1 1");
    herd.takeQuery();
  });
});

describe("clients that a server holds", () => {
  test("[LI5] are so many: a new one is refused, in one message too, and those known go on", () => {
    const herd = new CoreHarness({ limits: { clients: 3 } });
    const client = herd.client();
    client.says(
      people(5)
        .map((person) => iamat(person, 990))
        .join("\n"),
    );
    const [kept, refused] = [people(5).slice(0, 3), people(5).slice(3)];
    client.hearsLines(...kept.map((person) => at(person, 990)), ...refused.map((person) => `? ${iamat(person, 990)}`));
    expect(herd.logged("refused").map(({ reason }) => reason)).toEqual(["too many clients", "too many clients"]);
    client.says([...kept, ...refused].map((person) => iamat(person, 995)).join("\n"));
    client.hearsLines(...kept.map((person) => at(person, 995)), ...refused.map((person) => `? ${iamat(person, 995)}`));
    expect(herd.server.status().clients).toBe(3);
    expect(refused.map((person) => herd.store.read(person))).toEqual([undefined, undefined]);
  });

  test("[LI5] count once, however many lines of a turn speak of them", () => {
    const herd = new CoreHarness({ limits: { clients: 3 } });
    const client = herd.client();
    client.says(
      people(2)
        .map((person) => iamat(person, 980))
        .join("\n"),
    );
    client.takeReceived();
    client.says(["p0", "p1", "p0", "p1", "new", "new", "late"].map((person, n) => iamat(person, 981 + n)).join("\n"));
    expect(client.takeReceived().join("")).toMatch(/AT .* new .* 985\nAT .* new .* 986\n\? IAMAT late .*\n$/);
    expect(herd.server.status().clients).toBe(3);
  });

  test("[LI16] are taken from neighbours above that, and those then known go on", () => {
    const herd = new CoreHarness({ limits: { clients: 1 } });
    const client = herd.client();
    client.says(iamat("own", 990));
    client.hearsLines(at("own", 990));
    const { feed } = herd.parker.meets();
    feed.sends([at("ada", 990, "Parker"), at("bob", 990, "Parker")], 0, 2);
    client.says(`${iamat("new", 990)}\n${iamat("ada", 995)}`);
    client.hearsLines(`? ${iamat("new", 990)}`, at("ada", 995));
    expect(herd.server.status().clients).toBe(3);
  });

  test("[LI5] cost no read beside the guard's before the limit is near", () => {
    const herd = new CoreHarness({ limits: { clients: 1000 } });
    const client = herd.client();
    client.says(
      people(500)
        .map((person) => iamat(person, 990))
        .join("\n"),
    );
    expect(herd.store.reads).toBe(500);
  });
});

describe("a TCP connection", () => {
  const limits = { handshakeSeconds: 10 };

  test("[LI6] that says nothing is closed in time", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ via: "tcp" });
    herd.advance(9999);
    client.isOpen();
    herd.advance(1);
    client.isClosedWith(1008, "no line within 10 s");
    expect(herd.server.status().connections).toBe(0);
  });

  test("[LI6] that sends a byte now and then is closed as if it sent none", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ via: "tcp" });
    for (const byte of "IAMAT ada") {
      client.streams(byte);
      herd.advance(1000);
    }
    client.isOpen();
    herd.advance(1000);
    client.isClosedWith(1008);
  });

  test.each([
    ["an unfinished line", "HELLO\nIAM", "? HELLO\n"],
    ["one that is too long and never ends", `HELLO\n${"x".repeat(70)}`, `? HELLO\n? ${"x".repeat(64)}\n`],
  ])("[LI6] has the same time for %s later on", (_what, piece, answer) => {
    const herd = new CoreHarness({ limits: { ...limits, lineBytes: 64 } });
    const client = herd.client({ via: "tcp" });
    herd.advance(5000);
    client.streams(piece);
    expect(client.takeReceived().join("")).toBe(answer);
    herd.advance(9000);
    client.streams("more");
    client.isOpen();
    herd.advance(1000);
    client.isClosedWith(1008);
  });

  test("[LI6] between lines is left alone, and so is one that only said LF", () => {
    const herd = new CoreHarness({ limits });
    const clients = ["HELLO\n", "\n"].map((piece) => {
      const client = herd.client({ via: "tcp" });
      client.streams(piece);
      return client;
    });
    herd.advance(1_000_000);
    for (const client of clients) client.isOpen();
    expect(herd.server.status().connections).toBe(2);
  });

  test("[LI6] that is closed is answered first", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ via: "tcp" });
    client.streams(`${iamat("ada", 990)}\nWHATSAT ada 1 1\nIAM`);
    client.takeReceived();
    herd.advance(10_000);
    client.isOpen();
    herd.takeQuery().answer({ html_attributions: [], results: [], status: "OK" });
    expect(client.takeReceived()).toHaveLength(1);
    client.isClosedWith(1008);
  });
});

describe("a connection that says nothing", () => {
  test("[LI7] is closed after the time set, counted from what it said last", () => {
    const herd = new CoreHarness({ limits: { idleConnectionSeconds: 20 } });
    const [quiet, speaking] = [herd.client(), herd.client()];
    herd.advance(15_000);
    speaking.says("HELLO");
    herd.advance(5000);
    quiet.isClosedWith(1008, "silent for 20 s");
    speaking.isOpen();
    herd.advance(15_000);
    speaking.isClosedWith(1008);
  });

  test("[LI7] has its time again when it wakes", () => {
    const herd = new CoreHarness({ limits: { idleConnectionSeconds: 20 } });
    const client = herd.client();
    herd.advance(15_000);
    herd.restart(client);
    herd.advance(19_999);
    client.isOpen();
    herd.advance(1);
    client.isClosedWith(1008);
  });

  test("[LI7] is left alone for ever by default, and asks for no turn", () => {
    const herd = new CoreHarness();
    for (const neighbour of [herd.parker, herd.powell]) neighbour.meets();
    const client = herd.client();
    herd.advance(1_000_000);
    client.isOpen();
    expect(herd.server.nextTurnMillis).toBe(Infinity);
  });
});
