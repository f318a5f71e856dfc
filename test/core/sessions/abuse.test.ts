// What one machine may cost a server, whatever it sends: work, clients that nobody heard of, questions that cost money, answers that
// wait, and what its watches are told.

import { describe, expect, test } from "vitest";
import { permissionsOf } from "../../../src/core/access/permissions.ts";
import { at, CoreHarness, iamat, type ClientSettings } from "../../support/core-harness.ts";

const ADDRESS = "192.0.2.1";
const KB = 1024;
const people = (count: number, name = "p") => Array.from({ length: count }, (_, n) => `${name}${n}`);

describe("what a message costs", () => {
  const limits = { commandsPerSecond: 1, commandsBurst: 10 };

  test.each([
    ["empty messages", "", 10],
    ["a LF each", "\n", 10],
    ["white space", " \t\n", 10],
    ["1 KB of LFs", "\n".repeat(KB), 10],
    ["1 KB and one of LFs", "\n".repeat(KB + 1), 5],
    ["5 KB of LFs", "\n".repeat(5 * KB), 2],
    ["5 KB of LFs as bytes", new Uint8Array(5 * KB).fill(0x0a), 2],
    ["a line among 5 KB of LFs", `${"\n".repeat(5 * KB - 5)}HELLO`, 2],
    ["more than the burst", "\n".repeat(60 * KB), 1],
    ["two lines", "HELLO\nHELLO\n", 5],
  ] as const)("[LI22] counts at least as a line, and as one for each KB: %s", (_what, message, heard) => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ address: ADDRESS });
    // So many are heard, as many are refused, and one more is too much.
    for (let n = 0; n < 2 * heard; n++) client.says(message);
    client.isOpen();
    client.says(message);
    client.isClosedWith(1008, "too many commands");
  });

  test("[LI22] costs nothing beside its lines as long as they are no longer than a KB each", () => {
    const herd = new CoreHarness({ limits: { commandsPerSecond: 1, commandsBurst: 100 } });
    const client = herd.client({ address: ADDRESS });
    client.says(
      people(100)
        .map((person) => `${iamat(person, 990)}.${"0".repeat(9)}\n`)
        .join(""),
    );
    expect(client.takeReceived().join("").match(/^AT /gm)).toHaveLength(100);
  });

  test("[LI22] counts pieces of a stream that complete no line, and every KB of empty lines", () => {
    const herd = new CoreHarness({ limits });
    const byBytes = herd.client({ via: "tcp", address: ADDRESS });
    for (let n = 0; n < 30; n++) byBytes.streams("x");
    byBytes.isClosedWith(1008, "too many commands");
    const byLfs = herd.client({ via: "tcp", address: "192.0.2.2" });
    for (let n = 0; n < 3; n++) byLfs.streams("\n".repeat(10 * KB));
    byLfs.isClosedWith(1008, "too many commands");
  });

  test("[LI22] of a POST counts for its address: a second one is refused", () => {
    const herd = new CoreHarness({ limits: { addressCommandsPerSecond: 1, addressCommandsBurst: 10 } });
    const first = herd.client({ via: "post", address: ADDRESS });
    first.says("\n".repeat(10 * KB));
    first.isOpen();
    const second = herd.client({ via: "post", address: ADDRESS });
    second.says("\n".repeat(10 * KB));
    second.isClosedWith(1008, "too many commands");
  });

  test("[LI22] does not count for the herd's own machine", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client();
    for (let n = 0; n < 1000; n++) client.says("\n".repeat(KB));
    expect(client.isClosed).toBe(false);
  });
});

describe("a request of HTTP on a TCP connection", () => {
  test.each(["POST / HTTP/1.1", "GET /servers/Alford HTTP/1.1", "OPTIONS * HTTP/1.0", "PRI * HTTP/2.0"])(
    "[LI32] ends it, and no line of its body is heard: %s",
    (request) => {
      const herd = new CoreHarness();
      const client = herd.client({ via: "tcp" });
      client.streams(`${request}\r\nHost: localhost:12500\r\n\r\n${iamat("kiwi", 990)}\n`);
      client.isClosedWith(1002, "this port takes lines, not HTTP");
      expect(herd.store.read("kiwi")).toBeUndefined();
    },
  );

  test("[LI32] is closed for however it is cut, and what came before it is answered", () => {
    const herd = new CoreHarness();
    const client = herd.client({ via: "tcp" });
    client.streams(`${iamat("kea", 990)}\nPOST / HT`);
    client.streams(`TP/1.1\r\n`);
    expect(client.takeReceived().join("")).toMatch(/^AT Alford \S+ kea .*\n\? POST /s);
    client.isClosedWith(1002);
  });

  test("[LI32] is a line like others in a message or a POST, where no browser sends one", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says("POST / HTTP/1.1");
    client.hearsLines("? POST / HTTP/1.1");
    client.isOpen();
  });
});

describe("clients that the server does not know", () => {
  const limits = { addressNewClientsPerMinute: 6, addressNewClientsBurst: 3 };

  test.each([
    ["on one connection", [ADDRESS, ADDRESS, ADDRESS, ADDRESS], "websocket"],
    ["in POSTs", [ADDRESS, ADDRESS, ADDRESS, ADDRESS], "post"],
    ["over TCP", [ADDRESS, ADDRESS, ADDRESS, ADDRESS], "tcp"],
  ] as const)("[LI23] are so many at once, and so many a minute, %s", (_how, addresses, via) => {
    const herd = new CoreHarness({ limits });
    const say = (address: string, line: string) => {
      const client = herd.client({ via, address, reasons: true });
      if (via === "tcp") client.streams(`${line}\n`);
      else client.says(`${line}\n`);
      return client.takeReceived().join("");
    };
    const answers = addresses.map((address, n) => say(address, iamat(`p${n}`, 990)));
    expect(answers).toEqual([...people(3).map((person) => `${at(person, 990)}\n`), `?pace=10 ${iamat("p3", 990)}\n`]);
    expect(herd.store.read("p3")).toBeUndefined();
    // Those known go on, and others are not concerned.
    expect(say(ADDRESS, iamat("p0", 991))).toBe(`${at("p0", 991)}\n`);
    expect(say("192.0.2.2", iamat("q0", 990))).toBe(`${at("q0", 990)}\n`);
    herd.advance(10_000);
    expect(say(ADDRESS, iamat("p3", 990))).toMatch(/^AT /);
    expect(say(ADDRESS, iamat("p4", 990))).not.toMatch(/^AT /);
  });

  test("[LI23] that came in one turn are paid for afterwards", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ address: ADDRESS });
    client.says(
      people(9)
        .map((person) => iamat(person, 990))
        .join("\n"),
    );
    expect(client.takeReceived().join("").match(/^AT /gm)).toHaveLength(9);
    // 6 too many: a minute for them, and ten seconds for the next.
    herd.advance(69_000);
    client.says(iamat("q", 990));
    client.hearsLines(`? ${iamat("q", 990)}`);
    herd.advance(1000);
    client.says(iamat("q", 990));
    expect(client.takeReceived().join("")).toMatch(/^AT /);
  });

  test.each(["alone in its turn", "after another one of its turn"])(
    "[LI23] are not those of whom only a neighbour's report is known that is not durable yet: %s",
    (how) => {
      const herd = new CoreHarness({ limits: { ...limits, addressNewClientsBurst: 1 } });
      const feed = herd.parker.dials({ features: ["got"] });
      feed.hearsSync(0);
      feed.sends([at("p0", 980, "Parker")], 0, 1);
      expect(herd.store.read("p0")).toBeUndefined();
      const client = herd.client({ address: ADDRESS });
      client.says(how === "alone in its turn" ? iamat("p0", 990) : `${iamat("p0", 985)}\n${iamat("p0", 990)}`);
      client.says(iamat("p1", 990));
      client.says(iamat("p2", 990));
      expect(client.takeReceived().join("")).toMatch(/^(?:AT .* p0 .*\n)+AT .* p1 .*\n\? IAMAT p2 .*\n$/);
    },
  );

  test("[LI23] cost no read beside the guard's as long as there are few", () => {
    const herd = new CoreHarness({ limits: {} });
    const client = herd.client({ address: ADDRESS });
    client.says(
      people(50)
        .map((person) => iamat(person, 990))
        .join("\n"),
    );
    expect(herd.store.reads).toBe(50);
  });

  test.each(["2001:db8:0:0::", "2001:db8:0:ff::"])(
    "[LI24] of a /56 are as many as of some addresses: %s",
    (address) => {
      const herd = new CoreHarness({ limits: { ...limits, addressesOfNetwork: 2 } });
      const bring = (from: string, name: string) => {
        const client = herd.client({ address: from });
        client.says(iamat(name, 990));
        return client.takeReceived().join("").startsWith("AT ");
      };
      const taken = people(8).map((person, n) => bring(`2001:db8:0:${n + 1}::`, person));
      expect(taken.filter(Boolean)).toHaveLength(6);
      expect(bring(address, "last")).toBe(false);
      // Another /56 of its /48, which has six more.
      expect(people(8, "q").filter((person, n) => bring(`2001:db8:0:1${n}1::`, person))).toHaveLength(6);
      expect(bring("2001:db8:1::", "elsewhere")).toBe(true);
    },
  );
});

function asked(herd: CoreHarness, settings: ClientSettings, times: number): number {
  let answered = 0;
  for (let n = 0; n < times; n++) {
    const client = herd.client(settings);
    client.says("WHATSAT kiwi 10 5");
    if (client.takeReceived().join("") === "") {
      herd.takeQuery();
      answered++;
    }
  }
  return answered;
}

function permissionsWhoseSubjectIs(sub: string) {
  return permissionsOf({ sub, exp: 9_999_999_999, herd: { asks: ["*"] } }, 0);
}

describe("questions about places", () => {
  const limits = { whatsatsPerMinute: 3, addressWhatsatsPerMinute: 5 };

  function herdWithKiwi(): CoreHarness {
    const herd = new CoreHarness({ limits });
    herd.client().says(iamat("kiwi", 990));
    return herd;
  }

  test("[LI4] in POSTs of one address are as many as on one connection", () => {
    const herd = herdWithKiwi();
    expect(asked(herd, { via: "post", address: ADDRESS }, 20)).toBe(3);
    expect(asked(herd, { via: "post", address: "192.0.2.2" }, 20)).toBe(3);
    herd.advance(20_000);
    expect(asked(herd, { via: "post", address: ADDRESS }, 20)).toBe(1);
  });

  test("[LI29] of an address are so many in a minute, over whatever they come", () => {
    const herd = herdWithKiwi();
    expect(asked(herd, { via: "post", address: ADDRESS }, 20)).toBe(3);
    expect(asked(herd, { address: ADDRESS }, 20)).toBe(2);
    expect(asked(herd, { via: "tcp", address: ADDRESS }, 0)).toBe(0);
    expect(asked(herd, { address: "192.0.2.2" }, 20)).toBe(5);
  });

  test.each([ADDRESS, undefined])(
    "[LI28] of a token's subject are as many as on one connection, from %s",
    (address) => {
      const herd = herdWithKiwi();
      const where = address === undefined ? {} : { address };
      expect(asked(herd, { ...where, permissions: permissionsWhoseSubjectIs("ada") }, 10)).toBe(3);
      expect(asked(herd, { ...where, via: "post", permissions: permissionsWhoseSubjectIs("ada") }, 10)).toBe(0);
      expect(asked(herd, { ...where, permissions: permissionsWhoseSubjectIs("bob") }, 10)).toBe(
        address === undefined ? 3 : 2,
      );
    },
  );
});

describe("answers that wait", () => {
  const PLACES = { status: "OK", results: [], html_attributions: [] } as const;

  test("[LI27] behind one that does not come are bounded for a connection: it is closed with 1013", () => {
    const herd = new CoreHarness({ limits: { bufferedBytes: 65_536 } });
    herd.client().says(iamat("kiwi", 990));
    const client = herd.client();
    client.says("WHATSAT kiwi 10 5");
    for (let n = 0; n < 40; n++) client.says(people(20, "HELLO-").join("\n"));
    client.isClosedWith(1013, "too many answers wait");
    expect(herd.server.status().connections).toBe(1);
  });

  test("[LI27] for places are so many that they have room; what is above is answered at once, in its order", () => {
    const herd = new CoreHarness({ limits: { bufferedBytes: 65_536 } });
    herd.client().says(iamat("kiwi", 990));
    const client = herd.client({ reasons: true });
    client.says("WHATSAT kiwi 10 20\n".repeat(200));
    let asked = 0;
    for (; ; asked++) {
      try {
        herd.takeQuery().answer(PLACES);
      } catch {
        break;
      }
    }
    expect(asked).toBe(4);
    const heard = client.takeReceived().join("");
    expect(heard.match(/^AT /gm)).toHaveLength(4);
    expect(heard.match(/^\?pace=1 WHATSAT kiwi 10 20$/gm)).toHaveLength(196);
    client.isOpen();
    client.says("WHATSAT kiwi 10 20");
    herd.takeQuery();
  });

  test("[LI27] unread count as well: nobody who reads nothing is asked places for", () => {
    const herd = new CoreHarness({ limits: { bufferedBytes: 65_536 } });
    herd.client().says(iamat("kiwi", 990));
    const client = herd.client();
    herd.unread.set(client.id, 60_000);
    client.says("WHATSAT kiwi 10 20");
    client.hearsLines("? WHATSAT kiwi 10 20");
    herd.expectNoQuery();
  });

  test("[LI30] of all are bounded: those with the most are closed, and others are answered", () => {
    const herd = new CoreHarness({ limits: { bufferedBytes: 1_048_576, bufferedBytesOfAll: 1_048_576 } });
    herd.client().says(iamat("kiwi", 990));
    const waiting = people(5).map(() => herd.client());
    for (const client of waiting) client.says("WHATSAT kiwi 10 5");
    for (const [n, client] of waiting.entries())
      for (let times = 0; times < (n + 1) * 10; times++) client.says(people(35, "HELLO-").join("\n"));
    const open = waiting.map((client) => !client.isClosed);
    expect(open).toEqual([true, true, true, true, false]);
    const other = herd.client();
    other.says(iamat("moa", 990));
    other.hearsLines(at("moa", 990));
  });

  test("[LI30] of all count what is unread, of those that are still there", () => {
    const herd = new CoreHarness({ limits: { bufferedBytesOfAll: 1_048_576 } });
    const readers = people(3).map(() => herd.client());
    for (const reader of readers) {
      herd.unread.set(reader.id, 500_000);
      reader.says("HELLO");
    }
    expect(readers.filter((reader) => reader.isClosed)).toHaveLength(1);
    // One has read meanwhile: nobody has to go for the next.
    const first = readers.find((reader) => !reader.isClosed);
    if (first === undefined) throw new Error("Expected a reader");
    herd.unread.set(first.id, 0);
    const next = herd.client();
    herd.unread.set(next.id, 500_000);
    next.says("HELLO");
    next.isOpen();
    first.isOpen();
  });
});

/** A client that has not read so much. */
function reader(herd: CoreHarness, unread: number) {
  const client = herd.client();
  herd.unread.set(client.id, unread);
  return client;
}

describe("what leaves in a turn", () => {
  const LIMIT_BYTES = 1_048_576;

  test("[LI30] counts in that turn: who has the most is closed", () => {
    const herd = new CoreHarness({ limits: { bufferedBytesOfAll: LIMIT_BYTES } });
    const slow = reader(herd, LIMIT_BYTES - 500);
    slow.says("x".repeat(400));
    slow.isOpen();
    slow.says("x".repeat(600));
    expect(slow.isClosed).toBe(true);
  });

  test("[LI30] counts with what others are sent", () => {
    const herd = new CoreHarness({ limits: { bufferedBytesOfAll: LIMIT_BYTES } });
    const [small, large] = [reader(herd, 400_000), reader(herd, LIMIT_BYTES - 401_000)];
    large.says("x".repeat(900));
    herd.unread.set(large.id, LIMIT_BYTES - 401_000 + 903);
    small.says("x".repeat(900));
    expect([small.isClosed, large.isClosed]).toEqual([false, true]);
  });

  test("[LI30] counts together, answers and what is told", () => {
    const herd = new CoreHarness({ limits: { bufferedBytesOfAll: LIMIT_BYTES, bufferedBytes: 4 * LIMIT_BYTES } });
    const watcher = herd.client();
    watcher.says("WATCH kiwi");
    herd.unread.set(watcher.id, LIMIT_BYTES - 700);
    watcher.says(`${"x".repeat(670)}\n${iamat("kiwi", 990)}`);
    expect(watcher.isClosed).toBe(true);
  });
});

describe("what the watches of an address are told", () => {
  test("[LI25] is so much a second, the newest of each client, and nobody is closed for waiting", () => {
    const herd = new CoreHarness({ limits: { addressToldBytesPerSecond: 1000, watchPerSecond: 0 } });
    const watchers = people(10).map(() => herd.client({ address: ADDRESS }));
    const other = herd.client({ address: "192.0.2.2" });
    for (const watcher of [...watchers, other]) {
      watcher.says("WATCH *");
      watcher.takeReceived();
    }
    const reporter = herd.client();
    for (let second = 0; second < 100; second++) {
      herd.advance(1000);
      for (let n = 0; n < 10; n++) reporter.says(iamat(`p${n}`, 900 + second));
    }
    const bytes = watchers.map((watcher) => watcher.takeReceived().join("").length);
    const all = bytes.reduce((sum, one) => sum + one, 0);
    expect(all).toBeGreaterThan(90_000);
    expect(all).toBeLessThan(105_000);
    expect(Math.min(...bytes), "each gets its part").toBeGreaterThan(5000);
    for (const watcher of watchers) watcher.isOpen();
    expect(other.takeReceived().join("").match(/^AT /gm)).toHaveLength(1000);
    // In the end each is told the newest of all.
    herd.advance(60_000);
    for (const watcher of watchers) expect(watcher.takeReceived().join("")).toContain(" p9 +1-1 999\n");
  });
});
