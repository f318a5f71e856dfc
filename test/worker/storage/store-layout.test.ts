// The layout of stored data: older ones are brought up to date, newer ones are left alone, with a reason.

import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { migrate } from "../../../src/worker/storage/store-layout.ts";
import { SqlRequestBudget } from "../../../src/worker/storage/sql-request-budget.ts";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { PagedReportStore } from "../../../src/core/storage/paged-report-store.ts";
import { SqlRows } from "../../../src/worker/storage/sql-rows.ts";
import { Writes } from "../../../src/worker/storage/writes.ts";
import { eventually, postTo } from "../support/herd.ts";

/** As the first version made and filled its tables. */
const LAYOUT_1 = `
  CREATE TABLE reports (
    client TEXT PRIMARY KEY, time TEXT NOT NULL, line TEXT NOT NULL, seq INTEGER NOT NULL, moves INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE head (
    layout INTEGER PRIMARY KEY, epoch TEXT NOT NULL, ceiling INTEGER NOT NULL, highest INTEGER NOT NULL,
    clients INTEGER NOT NULL, starts INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE neighbours (
    name TEXT PRIMARY KEY, epoch TEXT NOT NULL, cursor INTEGER NOT NULL, failures INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO reports VALUES ('kiwi', 'A1', 'AT Powell +1.000000000 kiwi +1+1 1', 7, 0);
  INSERT INTO head VALUES (1, 'e1', 10000, 7, 1, 3);
  INSERT INTO neighbours VALUES ('Parker', 'p1', 5, 0);`;

const LAYOUT_2 = `${LAYOUT_1}
  DROP TABLE head;
  CREATE TABLE head (
    only INTEGER PRIMARY KEY CHECK (only = 1), epoch TEXT NOT NULL, ceiling INTEGER NOT NULL, highest INTEGER NOT NULL,
    clients INTEGER NOT NULL, starts INTEGER NOT NULL
  ) STRICT;
  INSERT INTO head VALUES (1, 'e1', 10000, 7, 1, 3);
  CREATE TABLE service (only INTEGER PRIMARY KEY CHECK (only = 1), is_down INTEGER NOT NULL) STRICT;
  CREATE TABLE layout (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL) STRICT;
  INSERT INTO layout VALUES (1, 2);`;

const LAYOUT_3 = `${LAYOUT_2}
  CREATE TABLE places_requests (
    only INTEGER PRIMARY KEY CHECK (only = 1), day TEXT NOT NULL, requests INTEGER NOT NULL
  ) STRICT;
  UPDATE layout SET version = 3;`;

const LAYOUT_4 = `${LAYOUT_3}
  INSERT INTO reports VALUES ('wiki', 'A2', 'AT Powell +1.000000000 wiki +1+1 2', 9, 3);
  INSERT INTO service VALUES (1, 1);
  UPDATE layout SET version = 4;`;

const EARLIER_TABLES = ["reports", "head", "neighbours", "service"];

const TABLES = [...EARLIER_TABLES, "layout", "places_requests", "log", "pages", "moving", "renewing"];

const SETTINGS = parseHerdConfig({ servers: [{ name: "Hamilton", neighbours: [] }] });

function open(storage: DurableObjectStorage): PagedReportStore {
  return new PagedReportStore(new SqlRows(storage, new Writes(storage, "a test")), SETTINGS);
}

function tablesOf({ sql }: DurableObjectStorage): string[] {
  const tables = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
  return tables.map(({ name }) => name).filter((name) => TABLES.includes(name));
}

/** On the storage of a server whose tables are these. */
function onTables(statements: string, body: (storage: DurableObjectStorage) => void): Promise<void> {
  return runInDurableObject(env.HERD_SERVER.getByName("Hamilton"), (_, { storage }) => {
    for (const table of TABLES) storage.sql.exec(`DROP TABLE IF EXISTS ${table}`);
    storage.sql.exec(statements);
    body(storage);
  });
}

describe("a store of layout 1", () => {
  test("[HD25] is brought up to date with all that it holds, once", () =>
    onTables(LAYOUT_1, (storage) => {
      for (let start = 0; start < 2; start++) {
        migrate(storage);
        const store = open(storage);
        expect(store.readHead()).toMatchObject({ reservedSeq: 10_000, lastSeq: 7, clients: 1, starts: 3 });
        expect(store.read("kiwi")?.line).toBe("AT Powell +1.000000000 kiwi +1+1 1");
      }
    }));

  test("[HD25] stays what it was if that fails half way", () =>
    // The last statement of the step finds its table taken.
    onTables(`${LAYOUT_1} CREATE INDEX layout ON reports (seq);`, (storage) => {
      expect(() => migrate(storage)).toThrow(/layout/);
      expect(storage.sql.exec("SELECT layout, starts FROM head").one()).toEqual({ layout: 1, starts: 3 });
      storage.sql.exec("DROP INDEX layout");
    }));
});

describe("a store of layout 2", () => {
  test("[HD25] keeps the day's paid requests, whether it had counted any or not", () =>
    onTables(LAYOUT_2, (storage) => {
      const { sql } = storage;
      migrate(storage);
      expect(new SqlRequestBudget(sql, new Writes(storage, "a test"), 3).spend()).toBe(true);
      expect(new SqlRequestBudget(sql, new Writes(storage, "a test"), 3).spent).toBe(1);
      expect(sql.exec("SELECT version FROM layout").one()).toEqual({ version: 6 });
      expect(open(storage).read("kiwi")?.line).toBe("AT Powell +1.000000000 kiwi +1+1 1");
    }));
});

describe("a store of layout 3", () => {
  test("[HD25] [RP11] begins a new epoch and forgets its neighbours' cursors, once: everything is told again", () =>
    onTables(LAYOUT_3, (storage) => {
      migrate(storage);
      const store = open(storage);
      const head = store.readHead();
      expect(head?.epoch).toMatch(/^[0-9a-f]{16}$/);
      expect(store.readNeighbours()).toEqual(new Map());
      migrate(storage);
      expect(store.readHead()).toEqual(head);
    }));
});

describe("a store of layout 4", () => {
  test("[HD25] [FG11] keeps the numbering, the neighbours' numberings and that it is out of service", () =>
    onTables(LAYOUT_4, (storage) => {
      migrate(storage);
      const store = open(storage);
      expect(store.readHead()).toEqual({
        epoch: "e1",
        reservedSeq: 10_000,
        lastSeq: 7,
        clients: 1,
        alarmSeq: 0,
        starts: 3,
      });
      expect(store.readNeighbours()).toEqual(new Map([["Parker", { epoch: "p1", cursor: 0, failures: 0 }]]));
      expect(store.readIsDrained()).toBe(true);
      expect(tablesOf(storage)).not.toContain("head");
    }));

  test("[HD63] serves its reports where they are, moves them in steps, and goes on where it was", () =>
    onTables(LAYOUT_4, (storage) => {
      const { sql } = storage;
      for (let client = 0; client < 2000; client++) {
        const name = `client-${String(client).padStart(5, "0")}`;
        const line = `AT Powell +1.000000000 ${name} +1+1 ${client}`;
        sql.exec("INSERT INTO reports VALUES (?, ?, ?, ?, 0)", name, "A1", line, 100 + client);
      }
      migrate(storage);
      let store = open(storage);
      store.transact(() => {
        const report = {
          client: "client-01999",
          forgotKey: "",
          timeKey: "D9999",
          line: "AT Powell +1.000000000 client-01999 +1+1 9999",
        };
        store.keep([{ seq: 5000, report }]);
      });
      let steps = 0;
      for (let millis = 1000; store.isMoving; millis += 10, steps++) {
        expect(store.read("client-00000")?.line).toBe("AT Powell +1.000000000 client-00000 +1+1 0");
        expect(store.read("client-01998")?.line).toBe("AT Powell +1.000000000 client-01998 +1+1 1998");
        expect(store.scan(undefined, 3000).rows).toHaveLength(2002);
        // Each step may be the last one of a life.
        store = open(storage);
        store.keepUp(millis);
      }
      expect(steps).toBe(5);
      expect(tablesOf(storage)).not.toContain("reports");
      expect(store.read("client-01999")?.line).toBe("AT Powell +1.000000000 client-01999 +1+1 9999");
      const { rows } = store.scan(undefined, 3000);
      expect(rows.map(({ report }) => report.client)).toEqual(
        [...new Set(rows.map(({ report }) => report.client))].toSorted(),
      );
      expect(rows).toHaveLength(2002);
    }));
});

describe("a store of a layout that is newer", () => {
  test("[HD26] is not touched, and a request for the server is told why", async () => {
    await postTo("Alford", "IAMAT kiwi +1+1 1");
    await runInDurableObject(env.HERD_SERVER.getByName("Alford"), (_, ctx) => {
      ctx.storage.sql.exec("UPDATE layout SET version = 99");
      return ctx.storage.sync().then(() => ctx.abort("to start again"));
    }).catch(() => undefined);
    const herd = await eventually(
      async () => (await exports.default.fetch("https://herd/herd")).text(),
      (text) => text.includes("layout 99"),
    );
    const { servers } = JSON.parse(herd) as { servers: { name: string; status: { error?: string } }[] };
    expect(servers.find(({ name }) => name === "Alford")?.status.error).toMatch(
      /^Cannot use a store of layout 99: this version knows layouts up to 6\. A newer version wrote it/,
    );
    expect((await exports.default.fetch("https://herd/servers/Bolden")).status).toBe(200);
  });
});
