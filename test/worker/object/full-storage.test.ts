// A server whose storage refuses every write, and takes writes again.
//
// SQLite itself refuses: triggers on all tables, which stay over restarts. What they say has the code of a full disk.
// test/herd/full-storage.test.ts has files that can really not grow, and real trials.

import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { LogEntry } from "../../../src/core/contract/log-entry.ts";
import { configure, eventually, freshId, postTo, SERVERS, settled, statusOf, stubOf } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";

configure({ limits: { storageTrySeconds: 0.5, healthSeconds: 0.001 }, peers: { retrySecondsMin: 0.05 } });

const TOKEN = "the-operators-token-of-this-test";

env.OPERATOR_TOKEN = TOKEN;

const PATIENCE = { timeout: 20_000, interval: 10 };

const TABLES = ["log", "pages", "places_requests"];
const WRITES = ["INSERT", "UPDATE", "DELETE"];

async function run(server: string, sql: string): Promise<void> {
  await runInDurableObject(stubOf(server), (_instance, { storage }) => storage.sql.exec(sql).toArray());
}

async function fill(server: string): Promise<void> {
  for (const table of TABLES)
    for (const write of WRITES)
      await run(
        server,
        `CREATE TRIGGER full_${table}_${write} BEFORE ${write} ON ${table}
         BEGIN SELECT RAISE(ABORT, 'database or disk is full: SQLITE_FULL'); END`,
      );
}

async function makeRoom(server: string): Promise<void> {
  for (const table of TABLES)
    for (const write of WRITES) await run(server, `DROP TRIGGER IF EXISTS full_${table}_${write}`);
}

/** The trials of one life of a server: there is no room for them until the test makes some. */
interface Trials {
  readonly incarnation: string;
  readonly count: number;
  makeRoom(): Promise<void>;
}

/**
 * Has the storage of a server refuse a write, and every other. In a test no facet can be made, so lives that believe to have room
 * follow each other, until one waits before its trial. From then on the test plays the facet.
 */
async function refuses(server: string): Promise<Trials> {
  await fill(server);
  expect(JSON.parse(await postTo(server, `IAMAT ${freshId()} +1+1 1`))).toMatchObject({ status: 503 });
  const tried = vi.fn<() => Promise<void>>(() => Promise.reject(new Error("database or disk is full: SQLITE_FULL")));
  for (;;) {
    const { incarnation } = await eventually(
      () => statusOf(server),
      ({ storage }) => storage === "read-only",
    );
    await runInDurableObject(stubOf(server), (_instance, { facets }) => {
      vi.spyOn(facets, "get").mockReturnValue({ write: tried } as unknown as Fetcher);
    });
    await vi.waitUntil(
      async () => tried.mock.calls.length > 1 || (await statusOf(server)).incarnation !== incarnation,
      PATIENCE,
    );
    if ((await statusOf(server)).incarnation !== incarnation) continue;
    return {
      incarnation,
      get count() {
        return tried.mock.calls.length;
      },
      async makeRoom() {
        await makeRoom(server);
        tried.mockResolvedValue();
      },
    };
  }
}

function get(path: string): Promise<Response> {
  return exports.default.fetch(`https://herd${path}`, { headers: { Authorization: `Bearer ${TOKEN}` } });
}

async function post(path: string): Promise<{ readonly status: number; readonly title: string }> {
  const headers = { Authorization: `Bearer ${TOKEN}` };
  const response = await exports.default.fetch(`https://herd${path}`, { method: "POST", headers });
  const { title } = await response.json<{ readonly title: string }>();
  return { status: response.status, title };
}

async function logOf(server: string): Promise<LogEntry[]> {
  const text = await (await get(`/servers/${server}/log`)).text();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as LogEntry);
}

afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of SERVERS) await makeRoom(server);
  await eventually(
    () => Promise.all(SERVERS.map(statusOf)),
    (all) => all.every(({ storage }) => storage === "has room"),
  );
  await settled();
});

describe("a server whose storage refuses writes", () => {
  test("[ST2] [ST3] [ST8] only reads, says so everywhere, and goes on without a start when there is room", async () => {
    const known = freshId();
    const line = await postTo("Alford", `IAMAT ${known} +1+1 1`);
    await settled();
    const trials = await refuses("Alford");
    const watcher = await openWebSocket("/servers/Alford?reasons=yes");
    const follower = await openWebSocket("/servers/Alford/log", { Authorization: `Bearer ${TOKEN}` });
    await watcher.say(`WATCH ${known}\nIAMAT ${known} +2+2 2\nWHATSAT ${known} 1 1`);
    const heard = await watcher.hears(/\}\n\n$/);
    expect(heard).toContain(`WATCH ${known}\n${line}?storage IAMAT ${known} +2+2 2\n${line}{`);
    expect(await (await get("/servers/Alford/reports")).json()).toMatchObject({
      reports: expect.arrayContaining([line.trimEnd()]),
    });
    const problem = "its storage refused a write: database or disk is full: SQLITE_FULL";
    expect(await statusOf("Alford")).toMatchObject({
      storage: "read-only",
      storageProblem: expect.stringContaining(problem),
    });
    expect(await logOf("Alford")).toContainEqual(
      expect.objectContaining({ event: "storage full", state: "read-only", reason: expect.stringContaining(problem) }),
    );
    expect(await (await get("/metrics")).text()).toContain('herd_storage_takes_reports{server="Alford"} 0\n');
    expect(await (await get("/herd")).json()).toMatchObject({
      servers: expect.arrayContaining([
        expect.objectContaining({ status: expect.objectContaining({ storage: "read-only" }) }),
      ]),
    });
    // So many tries that fail: nobody notices them.
    const { count } = trials;
    await vi.waitUntil(() => trials.count > count + 3, PATIENCE);
    await trials.makeRoom();
    const after = await eventually(
      () => statusOf("Alford"),
      ({ storage }) => storage === "has room",
    );
    expect(after).toMatchObject({ incarnation: trials.incarnation, connections: 1, storageProblem: null });
    await watcher.say(`IAMAT ${known} +3+3 3`);
    expect(await watcher.hears(new RegExp(`${known} \\+3\\+3 3\n$`))).toMatch(/^AT Alford /);
    expect(await follower.hears(/storage has room/)).toContain('"event":"storage has room"');
    expect(await (await get("/metrics")).text()).toContain('herd_storage_takes_reports{server="Alford"} 1\n');
  });

  test("[ST4] [ST5] [CU4] takes nothing of its neighbours, who bring it all when there is room", async () => {
    await settled();
    const trials = await refuses("Parker");
    const client = freshId();
    const line = await postTo("Alford", `IAMAT ${client} +1+1 1`);
    const { neighbours } = await eventually(
      () => statusOf("Alford"),
      (status) => status.neighbours.some(({ lastError }) => lastError?.includes("Parker takes no reports") === true),
    );
    expect(neighbours.find(({ neighbour }) => neighbour === "Parker")).toMatchObject({ isCaughtUp: false });
    expect(await postTo("Parker", `WHATSAT ${client} 1 1`)).toBe("");
    expect(await (await get("/metrics")).text()).toContain('herd_feed_up{server="Alford",neighbour="Parker"} 0\n');
    await trials.makeRoom();
    await eventually(
      () => postTo("Hamilton", `IAMAT ${client} +2+2 0`),
      (answer) => answer === line,
    );
  });

  test("[ST9] is not drained, and begins no epoch", async () => {
    const trials = await refuses("Bolden");
    const { epoch } = await statusOf("Bolden");
    for (const command of ["drain", "resume", "epoch"])
      expect(await post(`/servers/Bolden/${command}`)).toEqual({
        status: 503,
        title: expect.stringContaining("Bolden changes nothing: its storage refused a write"),
      });
    expect(await statusOf("Bolden")).toMatchObject({ epoch, isDrained: false });
    await trials.makeRoom();
  });

  test("[ST11] leaves its alarm to ring until it is served, and goes on", async () => {
    const trials = await refuses("Hamilton");
    let isServed = false;
    const rung = runInDurableObject(stubOf("Hamilton"), async (instance) => {
      const alarm = instance.alarm();
      void alarm.then(() => (isServed = true));
    });
    await rung;
    await statusOf("Hamilton");
    expect(isServed).toBe(false);
    await trials.makeRoom();
    await eventually(
      () => Promise.resolve(isServed),
      (is) => is,
    );
    expect((await statusOf("Hamilton")).incarnation).toBe(trials.incarnation);
  });

  test("[ST5] that refuse although a trial worked ends again, more and more seldom", async () => {
    await fill("Powell");
    await postTo("Powell", `IAMAT ${freshId()} +1+1 1`);
    const lives = new Set<string>();
    await eventually(
      () => statusOf("Powell"),
      ({ incarnation }) => lives.add(incarnation).size > 3,
    );
    await eventually(
      () => statusOf("Powell"),
      ({ storage }) => storage === "read-only",
    );
    expect(await (await get("/metrics")).text()).toMatch(/^herd_commits_failed_total\{server="Powell"\} [1-9]/m);
  });
});

describe("/health", () => {
  test("[HD20] [HD40] is 503 at once when a server cannot commit, and names it", async () => {
    expect((await get("/health")).status).toBe(200);
    await fill("Alford");
    const first = await get("/health");
    expect(first.status).toBe(503);
    expect(await first.json()).toMatchObject({ servers: ["Alford"], readOnly: [] });
    const later = await eventually(
      async () => (await get("/health")).json(),
      (answer) => (answer as { readOnly: string[] }).readOnly.length > 0,
    );
    expect(later).toEqual({
      status: 503,
      title: "Some servers take no reports: their storage is full",
      servers: [],
      readOnly: ["Alford"],
    });
  });

  test("[HD40] makes no commit at a server out of service", async () => {
    await post("/servers/Bolden/drain");
    const { counters } = await statusOf("Bolden");
    expect((await get("/health")).status).toBe(200);
    expect((await statusOf("Bolden")).counters.commits).toBe(counters.commits);
    await post("/servers/Bolden/resume");
  });
});
