// A server whose storage is full: by its own measure, or because it refused a write.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const TRY_SECONDS = 10;
const REFUSED = "its storage refused a write: database or disk is full";

/** Clients with long ids. */
const many = (count: number) => Array.from({ length: count }, (_, index) => `${"x".repeat(200)}${index}`);

/** Reports new clients until one is refused. Returns those that were taken. */
function fill(herd: CoreHarness): string[] {
  const client = herd.client();
  const taken: string[] = [];
  for (const person of many(1000)) {
    client.says(iamat(person, 990));
    if (client.takeReceived().join("").startsWith("? ")) return taken;
    taken.push(person);
  }
  throw new Error("Expected a client to be refused");
}

/** Has taken one report, of ada, and told both neighbours. */
function withReport(settings: ConstructorParameters<typeof CoreHarness>[0] = {}): CoreHarness {
  const herd = new CoreHarness(settings);
  herd.client().says(iamat("ada", 990));
  for (const neighbour of [herd.parker, herd.powell]) neighbour.answersDial(0).takesFrame([at("ada", 990)], 0, 1);
  return herd;
}

/** And then its storage refused a write. */
function readOnly(times = 1): CoreHarness {
  const herd = withReport({ limits: { storageTrySeconds: TRY_SECONDS } });
  herd.refuseWrites(times);
  return herd;
}

describe("a start", () => {
  test("[ST1] writes nothing, and works on storage that takes no writes", () => {
    const herd = withReport();
    const { rowsWritten } = herd.store;
    herd.store.failure = new Error("database or disk is full");
    herd.restart();
    const client = herd.client({ reasons: true });
    client.says("WATCH ada\nHELLO");
    client.hearsLines("WATCH ada", at("ada", 990), "?syntax HELLO");
    expect(herd.store.rowsWritten).toBe(rowsWritten);
  });

  test("[ST1] is counted by the first commit after it", () => {
    const herd = withReport();
    herd.restart();
    herd.restart();
    expect(herd.server.status().starts).toBe(2);
    herd.client().says(iamat("ada", 991));
    herd.restart();
    expect(herd.server.status().starts).toBe(3);
  });

  test("[ST1] [CU8] of a server without neighbours begins its epoch with the first commit", () => {
    const herd = new CoreHarness({ isAlone: true });
    expect(herd.store.readHead()).toBeUndefined();
    const { epoch } = herd.server.status();
    herd.client().says(iamat("ada", 990));
    expect(herd.store.readHead()).toMatchObject({ epoch, starts: 1 });
    herd.restart();
    expect(herd.server.status().epoch).toBe(epoch);
  });
});

describe("a server whose storage refused a write", () => {
  test("[ST2] [ST3] refuses every IAMAT, and answers the rest", () => {
    const herd = readOnly();
    const client = herd.client({ reasons: true });
    client.says([iamat("ada", 995), iamat("bob", 990), iamat("ada", 1), "WHATSAT ada 1 1", "WATCH *"].join("\n"));
    client.hearsLines(`?storage ${iamat("ada", 995)}`, `?storage ${iamat("bob", 990)}`, `?storage ${iamat("ada", 1)}`);
    herd.takeQuery().answer({ html_attributions: [], results: [], status: "ZERO_RESULTS" });
    expect(client.takeReceived().join("")).toMatch(/^AT Alford .* ada .* 990\n\{[^]*\}\n\nWATCH \*\n$/);
    expect(herd.server.reportsPage(undefined, 10, undefined, herd.nowMillis)?.reports).toEqual([at("ada", 990)]);
    expect(herd.logged("refused").map(({ reason }) => reason)).toEqual(Array(3).fill("the storage is full"));
  });

  test("[ST3] says no reason to a client that asks for none", () => {
    const client = readOnly().client();
    client.says(iamat("ada", 995));
    client.hearsLines(`? ${iamat("ada", 995)}`);
  });

  test("[ST2] writes nothing, whatever happens", () => {
    const herd = readOnly();
    const { commits } = herd.store;
    const client = herd.client();
    herd.turn({ type: "commit asked" });
    client.says(iamat("ada", 995));
    herd.parker.dials({ epoch: "another" });
    herd.turn({ type: "alarm" });
    herd.turn({ type: "drained" });
    expect(herd.server.isDrained).toBe(false);
    herd.advance(3_600_000);
    expect(herd.store.commits).toBe(commits);
    client.isOpen();
  });

  test("[ST4] takes no frame and acknowledges none: feeds close, and dials are refused", () => {
    const herd = withReport();
    const hibernating = herd.parker.dials();
    hibernating.hearsSync(0);
    herd.store.failure = new Error("database or disk is full");
    herd.refusedWrite = { reason: "database or disk is full", times: 1 };
    herd.restart(hibernating);
    const reason = `Alford takes no reports: ${REFUSED}`;
    hibernating.isClosedWith(1013, reason);
    const feed = herd.parker.dials();
    feed.isClosedWith(1013, reason);
    feed.sends([at("bob", 990, "Parker")], 0, 1);
    feed.hearsNothing();
    expect(herd.statusOf(herd.parker).cursor).toBe(0);
    expect(herd.store.read("bob")).toBeUndefined();
    expect(herd.logged("feed refused")).toEqual([{ event: "feed refused", from: "Parker", reason }]);
    expect(herd.logged("feed closed").at(-1)).toMatchObject({ from: "Parker", reason });
  });

  test("[ST4] still feeds its neighbours", () => {
    const herd = withReport();
    herd.client().says(iamat("bob", 990));
    herd.refuseWrites();
    herd.parker.answersDial(1).hearsFrame([at("bob", 990)], 1, 2);
    herd.powell.answersDial(2);
  });

  test("[ST11] looks after its neighbours without an alarm", () => {
    const herd = readOnly();
    herd.store.alarmAtMillis = undefined;
    for (const neighbour of [herd.parker, herd.powell]) neighbour.expectDial().breaks();
    for (let failures = 2; failures < 12; failures++) {
      herd.advanceToRetry(herd.parker);
      herd.parker.expectDial().breaks();
    }
    herd.advance(60_000);
    herd.parker.answersDial(1);
    expect([herd.store.alarmAtMillis, herd.statusOf(herd.parker).isCaughtUp]).toEqual([undefined, true]);
  });

  test("[ST5] tries its storage at once, and then after each interval: nobody notices", () => {
    const herd = readOnly();
    const client = herd.client();
    for (let tries = 0; tries < 20; tries++) {
      expect(herd.storageTries).toBe(1);
      herd.answerTry("the disk is full");
      herd.advance(TRY_SECONDS * 1000 - 1);
      expect(herd.storageTries).toBe(0);
      herd.advance(1);
    }
    client.isOpen();
    expect(herd.server.status()).toMatchObject({
      storage: "read-only",
      storageProblem: "its storage refused a write: the disk is full",
    });
    expect(herd.logged("storage full")).toHaveLength(1);
  });

  test("[ST5] never has two tries under way", () => {
    const herd = readOnly();
    herd.advance(100 * TRY_SECONDS * 1000);
    expect(herd.storageTries).toBe(1);
  });

  test("[ST5] goes on without a start when a try works, and dials its neighbours", () => {
    const herd = readOnly();
    const client = herd.client();
    const { incarnation, starts } = herd.server.status();
    for (const neighbour of [herd.parker, herd.powell]) neighbour.expectDial().breaks();
    herd.advanceToRetry(herd.parker);
    herd.parker.expectDial().breaks();
    herd.answerTry();
    herd.parker.expectDial();
    herd.powell.expectDial();
    expect(herd.store.readHead()).toMatchObject({ starts });
    client.says(iamat("ada", 995));
    expect(client.takeReceived()).toEqual([expect.stringMatching(/^AT Alford \+\S+ ada \+1-1 995\n$/)]);
    const feed = herd.parker.dials();
    feed.hearsSync(0);
    feed.sends([at("bob", 990, "Parker")], 0, 1);
    feed.hearsAck(1);
    expect(herd.server.status()).toMatchObject({ incarnation, storage: "has room", storageProblem: null });
    expect(herd.logged("storage has room")).toHaveLength(1);
    herd.advance(3_600_000);
    expect(herd.storageTries).toBe(0);
  });

  test("[ST5] that refuses another after a try that worked ends again, as before", () => {
    const herd = readOnly();
    herd.storageTries = 0;
    expect(() => herd.turn({ type: "storage tried", problem: undefined })).toThrow("database or disk is full");
  });

  test.each([
    [2, 1],
    [3, 2],
    [4, 4],
    [7, 32],
    [8, 32],
    [1000, 32],
  ])("[ST5] waits longer after %d refused writes: %d intervals", (times, intervals) => {
    const herd = readOnly(times);
    herd.advance(intervals * TRY_SECONDS * 1000 - 1);
    expect(herd.storageTries).toBe(0);
    herd.advance(1);
    expect(herd.storageTries).toBe(1);
  });

  test("[ST5] tries no later when its clock is put back", () => {
    const herd = readOnly();
    herd.answerTry("the disk is full");
    herd.nowMillis -= 86_400_000;
    herd.turn();
    herd.advance(TRY_SECONDS * 1000);
    expect(herd.storageTries).toBe(1);
  });

  test("[ST8] says so in its log and its status", () => {
    const herd = readOnly();
    expect(herd.logged("storage full")).toEqual([{ event: "storage full", state: "read-only", reason: REFUSED }]);
    expect(herd.server.status()).toMatchObject({ storage: "read-only", storageProblem: REFUSED });
  });

  test("[ST2] [WA2] forgets whom it was asked about", () => {
    const herd = readOnly();
    const client = herd.client();
    for (let n = 0; n < 100; n++) client.says(`WHATSAT nobody-${n} 1 1`);
    herd.answerTry();
    client.says(iamat("nobody-1", 990));
    client.hearsLines(at("nobody-1", 990));
  });
});

describe("a server with as many bytes as it may store", () => {
  /** Of a store in memory: `MemoryReportStore` counts them. */
  const FULL = 65_536;
  test("[ST6] refuses new clients, and those that it knows go on", () => {
    const herd = new CoreHarness({ limits: { storageBytes: FULL } });
    const [first = "", ...others] = fill(herd);
    expect(others.length).toBeGreaterThan(50);
    expect(herd.store.sizeBytes()).toBeGreaterThanOrEqual(FULL);
    const client = herd.client({ reasons: true });
    client.says(`${iamat(first, 995)}\n${iamat("new", 995)}\n${iamat(first, 996)}`);
    client.hearsLines(at(first, 995), `?full ${iamat("new", 995)}`, at(first, 996));
    expect(herd.logged("refused").at(-1)?.reason).toBe("too many bytes stored");
    expect(herd.server.status()).toMatchObject({ storage: "no new clients", clients: others.length + 1 });
  });

  test("[ST6] takes a client that is new in the same message once, as it did before", () => {
    const herd = new CoreHarness({ limits: { storageBytes: FULL } });
    fill(herd);
    const client = herd.client();
    client.says([iamat("new", 990), iamat("new", 991), iamat("newer", 990)].join("\n"));
    client.hearsLines(...[iamat("new", 990), iamat("new", 991), iamat("newer", 990)].map((line) => `? ${line}`));
  });

  test("[ST7] takes what neighbours bring, which counts, until it is read-only", () => {
    const herd = new CoreHarness({ limits: { storageBytes: FULL, storageBytesMax: 2 * FULL } });
    const { feed } = herd.parker.meets();
    let seq = 0;
    for (const person of many(1000)) {
      feed.sends([at(person, 990, "Parker")], seq, ++seq);
      feed.hearsAck(seq);
      if (herd.server.status().storage === "read-only") break;
    }
    expect(herd.store.sizeBytes()).toBeGreaterThanOrEqual(2 * FULL);
    const { storageProblem } = herd.server.status();
    feed.isClosedWith(1013, `Alford takes no reports: ${storageProblem}`);
    expect(herd.logged("storage full").map(({ state }) => state)).toEqual(["no new clients", "read-only"]);
    herd.parker.dials().isClosedWith(1013);
    const client = herd.client({ reasons: true });
    client.says(iamat(many(1)[0] ?? "", 995));
    client.hearsLines(`?storage ${iamat(many(1)[0] ?? "", 995)}`);
    expect(herd.statusOf(herd.parker).cursor).toBe(seq);
  });

  test("[ST7] [CU24] makes durable what it took before", () => {
    const herd = new CoreHarness({ limits: { storageBytesMax: FULL } });
    const got = herd.parker.dials({ features: ["got", "fields"] });
    herd.parker.answersDial();
    herd.powell.answersDial();
    got.sends([at("held", 990, "Parker")], 0, 1);
    got.takeReceived();
    expect(herd.store.read("held")).toBeUndefined();
    const client = herd.client();
    for (const person of many(1000)) {
      client.says(iamat(person, 990));
      if (herd.server.status().storage === "read-only") break;
    }
    herd.advance(0);
    expect(herd.store.read("held")?.line).toBe(at("held", 990, "Parker"));
    expect(herd.store.readNeighbours().get("Parker")).toMatchObject({ cursor: 1 });
  });

  test("[ST7] is drained and resumed like any other, and sets its alarm", () => {
    const herd = new CoreHarness({ limits: { storageBytesMax: FULL } });
    const client = herd.client();
    for (const person of many(1000)) client.says(iamat(person, 990));
    expect(herd.server.takesReports).toBe(false);
    herd.turn({ type: "drained" });
    expect(herd.store.readIsDrained()).toBe(true);
    herd.turn({ type: "resumed" });
    expect(herd.store.readIsDrained()).toBe(false);
    expect(herd.storageTries).toBe(0);
  });

  test("[ST7] [ST8] goes on when it stores less", () => {
    const herd = new CoreHarness({ limits: { storageBytesMax: FULL } });
    const client = herd.client();
    for (const person of many(1000)) client.says(iamat(person, 990));
    herd.store.rows.addBytes(-3 * FULL);
    herd.advance(10_000);
    herd.turn({ type: "commit asked" });
    expect(herd.server.status()).toMatchObject({ storage: "has room", storageProblem: null });
    expect(herd.logged("storage has room")).toHaveLength(1);
    client.takeReceived();
    client.says(iamat("new", 995));
    client.hearsLines(`AT Alford +15.000000000 new +1-1 995`);
  });

  test("[ST7] [ST8] is so from its start", () => {
    const herd = new CoreHarness({ limits: { storageBytesMax: FULL } });
    const client = herd.client();
    for (const person of many(1000)) client.says(iamat(person, 990));
    herd.restart();
    expect(herd.server.status()).toMatchObject({
      storage: "read-only",
      storageProblem: expect.stringMatching(/^it stores \d+ bytes, and may store 65536 \(limits\.storageBytesMax\)$/),
    });
  });
});

describe("a commit that is asked for", () => {
  test("[HD40] is made, of one row", () => {
    const herd = withReport();
    const { commits, rowsWritten } = herd.store;
    herd.turn({ type: "commit asked" });
    expect([herd.store.commits, herd.store.rowsWritten]).toEqual([commits + 1, rowsWritten + 1]);
    herd.turn();
    expect(herd.store.commits).toBe(commits + 1);
  });
});
