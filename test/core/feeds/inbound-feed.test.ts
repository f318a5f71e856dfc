// The receiving end of a feed: links, frames, cursors, and the ACK that leaves after the commit.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const fromParker = (client: string, time = 990) => at(client, time, "Parker");

describe("a neighbour that dials", () => {
  test("[CU2] is told the durable cursor in its epoch, and the run that tells it", () => {
    const herd = new CoreHarness();
    const feed = herd.parker.dials();
    feed.hears(`SYNC Parker-epoch 0 ${herd.server.incarnation}\n`);
    feed.sends([fromParker("ada")], 0, 7);
    feed.hearsAck(7);
    herd.restart();
    herd.parker.dials().hears(`SYNC Parker-epoch 7 ${herd.server.incarnation}\n`);
  });

  test("[CU2] hears the SYNC after the commit that holds its epoch, and not at all if that throws", () => {
    const herd = new CoreHarness();
    herd.store.failure = new Error("disk full");
    expect(() => herd.parker.dials()).toThrow(herd.store.failure);
    expect(herd.store.readNeighbours().get("Parker")?.epoch).toBe("");
  });

  test("[CU11] in another version of the feed is refused, and says so in the log", () => {
    const herd = new CoreHarness();
    const feed = herd.parker.dials({ version: 2 });
    feed.hearsNothing();
    feed.isClosedWith(1002);
    expect(herd.logged("feed refused")).toMatchObject([
      { from: "Parker", reason: expect.stringContaining("version 2") },
    ]);
    herd.parker.dials().hearsSync(0);
  });

  test("[CU11] in another version does not cut off the link that it has", () => {
    const herd = new CoreHarness();
    const feed = herd.parker.dials();
    feed.hearsSync(0);
    herd.parker.dials({ version: 2 });
    feed.sends([fromParker("ada")], 0, 1);
    feed.hearsAck(1);
  });

  test("[CU11] without being a neighbour is refused", () => {
    const herd = new CoreHarness();
    const feed = herd.parker.dials({ name: "Hamilton" });
    feed.isClosedWith(1008, "Hamilton is no neighbour of Alford");
    feed.sends([fromParker("ada")], 0, 1);
    feed.hearsNothing();
    expect(herd.store.read("ada")).toBeUndefined();
  });

  test("[CU12] anew is heard on its newest link only", () => {
    const herd = new CoreHarness();
    const older = herd.parker.dials();
    older.hearsSync(0);
    const newer = herd.parker.dials();
    older.isClosedWith(1002, "replaced by a newer link");
    newer.hearsSync(0);
    older.sends([fromParker("ada")], 0, 1);
    older.hearsNothing();
    expect(herd.store.read("ada")).toBeUndefined();
    newer.sends([fromParker("bob")], 0, 1);
    newer.hearsAck(1);
  });

  test("[CU12] anew is told what its older link brought in the same turn; the older one hears no more", () => {
    const herd = new CoreHarness();
    const older = herd.parker.dials();
    older.hearsSync(0);
    const newer = herd.parker.dials();
    newer.hearsSync(0);
    const newest: ReturnType<typeof herd.parker.dials>[] = [];
    herd.inOneTurn(() => {
      newer.sends([fromParker("ada")], 0, 1);
      newest.push(herd.parker.dials());
    });
    newer.hearsNothing();
    newest[0]?.hearsSync(1);
    expect(herd.store.read("ada")?.line).toBe(fromParker("ada"));
  });

  test("[CU12] and whose older link is lost only later keeps the newer one", () => {
    const herd = new CoreHarness();
    const older = herd.parker.dials();
    const newer = herd.parker.dials();
    newer.hearsSync(0);
    older.breaks();
    newer.sends([fromParker("ada")], 0, 1);
    newer.hearsAck(1);
  });
});

describe("a frame", () => {
  test("[CU14] is acknowledged once it is durable with its cursor: ACKs in order, one a frame", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const { commits } = herd.store;
    herd.inOneTurn(() => {
      feed.sends([fromParker("ada")], 0, 1);
      feed.sends([fromParker("bob"), fromParker("cyd")], 1, 3);
      feed.sends([], 3, 9);
    });
    feed.hears("ACK 1\n", "ACK 3\n", "ACK 9\n");
    expect(herd.store.commits).toBe(commits + 1);
    expect(herd.store.readNeighbours().get("Parker")).toMatchObject({ epoch: "Parker-epoch", cursor: 9 });
    expect(herd.server.status().clients).toBe(3);
  });

  test("[CU13] that comes again is harmless: acknowledged, nothing kept anew, the cursor stays", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([fromParker("ada")], 0, 1);
    feed.sends([fromParker("bob")], 1, 2);
    feed.takeReceived();
    feed.sends([fromParker("ada")], 0, 1);
    feed.hearsAck(1);
    expect(herd.server.status()).toMatchObject({ clients: 2, lastSeq: 2 });
    expect(herd.statusOf(herd.parker).cursor).toBe(2);
    feed.sends([fromParker("cyd")], 2, 3);
    feed.hearsAck(3);
  });

  test("[CU13] that repeats the cursor, as a scan's do, brings lines and leaves it where it is", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([fromParker("ada")], 0, 0);
    feed.hearsAck(0);
    expect(herd.statusOf(herd.parker).cursor).toBe(0);
    expect(herd.store.read("ada")?.line).toBe(fromParker("ada"));
  });

  test("[CU13] beyond a gap closes the link, and nothing of it is taken", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([fromParker("ada")], 0, 1);
    feed.hearsAck(1);
    feed.sends([fromParker("bob")], 2, 3);
    feed.hearsNothing();
    feed.isClosedWith(1002);
    expect(herd.store.read("bob")).toBeUndefined();
    expect(herd.logged("feed closed")).toMatchObject([{ from: "Parker", reason: expect.stringContaining("a gap") }]);
    herd.parker.dials().hearsSync(1);
  });

  test("[CU13] of another epoch than the link's closes it", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.says(`${fromParker("ada")}\nSEQ another-epoch 0 1\n`);
    feed.hearsNothing();
    feed.isClosedWith(1002);
    expect(herd.store.read("ada")).toBeUndefined();
  });

  test.each([
    "AT Parker nonsense",
    iamat("bob", 990),
    `${fromParker("bob")} another-field`,
    `${fromParker("bob")} A=1`,
  ])("[FL6] with a line not understood stops the feed, and nothing of it is taken: %s", (line) => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([fromParker("ada")], 0, 1);
    feed.hearsAck(1);
    feed.sends([fromParker("cyd"), line, fromParker("dan")], 1, 4);
    feed.hearsNothing();
    feed.isClosedWith(1003);
    expect([herd.store.read("cyd"), herd.store.read("dan")]).toEqual([undefined, undefined]);
    const [word = ""] = line.split(" ");
    const shape = `${word} with ${line.split(" ").length} fields`;
    expect(herd.logged("feed stopped")).toEqual([{ event: "feed stopped", from: "Parker", line: shape }]);
    expect(herd.statusOf(herd.parker)).toMatchObject({ stoppedBy: shape, cursor: 1 });
  });

  test("[FL6] that is understood again goes on where the feed stopped", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([fromParker("ada"), "AT of another age"], 0, 2);
    feed.isClosedWith(1003);
    const again = herd.parker.dials();
    again.hearsSync(0);
    expect(herd.statusOf(herd.parker).stoppedBy).toBe("AT with 4 fields");
    again.sends([fromParker("ada"), fromParker("bob")], 0, 2);
    again.hearsAck(2);
    expect(herd.statusOf(herd.parker).stoppedBy).toBeNull();
  });

  test.each(["", "ACK 1\n", fromParker("ada"), Uint8Array.of(0xff)])(
    "[FL6] that is none stops the feed: %j",
    (message) => {
      const herd = new CoreHarness();
      const { feed } = herd.parker.meets();
      feed.says(message);
      feed.hearsNothing();
      feed.isClosedWith(1003);
      herd.parker.dials().hearsSync(0);
    },
  );

  test("[FL4] with fields that nobody here knows is taken whole, and passed on as it came", () => {
    const herd = new CoreHarness();
    const { link } = herd.powell.meets();
    const { feed } = herd.parker.meets();
    const line = `${fromParker("ada")} accuracy=5.5 x-2=a=b,c`;
    feed.sends([line], 0, 1);
    feed.hearsAck(1);
    link.takesFrame([line], 0, 1);
    expect(herd.store.read("ada")?.line).toBe(line);
    herd.restart();
    // With new storage it is sent everything, from the table.
    herd.powell.epoch = "another-epoch";
    herd.powell.meets().link.hearsFrame([line], 0, 1);
  });

  test("[RP8] with more fields than six is shown to clients without them", () => {
    const herd = new CoreHarness();
    const watcher = herd.client();
    watcher.says("WATCH ada");
    watcher.hearsLines("WATCH ada");
    const { feed } = herd.parker.meets();
    feed.sends([`${fromParker("ada")} accuracy=5.5`], 0, 1);
    watcher.hearsLines(fromParker("ada"));
    expect(herd.server.reportsPage(undefined, 10, undefined, herd.nowMillis)?.reports).toEqual([fromParker("ada")]);
    const asker = herd.client();
    asker.says(`${iamat("ada", 1)}\nWATCH ada`);
    asker.hearsLines(fromParker("ada"), "WATCH ada", fromParker("ada"));
    asker.says("WHATSAT ada 10 5");
    herd.takeQuery().answer({ html_attributions: [], results: [], status: "ZERO_RESULTS" });
    expect(String(asker.takeReceived()[0])).toMatch(new RegExp(`^${RegExp.escape(fromParker("ada"))}\n\\{`));
  });

  test("[CU13] may hold more than a client's message", () => {
    const herd = new CoreHarness({ limits: { messageBytes: 1024, lineBytes: 64 } });
    const { feed } = herd.parker.meets();
    const lines = Array.from({ length: 40 }, (_, index) => fromParker(`${"x".repeat(100)}-${index}`));
    feed.sends(lines, 0, 40);
    feed.hearsAck(40);
    expect(herd.server.status().clients).toBe(40);
  });
});
