// The contract of a `ReportStore`, beside its reports: the head, the neighbours, commits, the alarm.

import { describe, expect, test } from "vitest";

import type { ReportStore, StoredNeighbour, StoreHead } from "../../src/core/store/report-store.ts";
import { numbered, reportOf, rowsOf, scanAll } from "./reports.ts";

/** An alarm that does not ring while the tests run: 2100-01-01. */
const FAR_MILLIS = Date.UTC(2100, 0, 1);

const HEAD: StoreHead = { epoch: "e1", reservedSeq: 10_000, lastSeq: 7, clients: 3, alarmSeq: 5, starts: 2 };
const NEIGHBOUR: StoredNeighbour = { epoch: "p1", cursor: 41, failures: 3 };

interface StoreUnderTest {
  readonly store: ReportStore;
  /** Another store on the same storage: what the server opens when it starts again. */
  readonly reopen: () => ReportStore;
  /** The durable alarm, POSIX milliseconds. */
  readonly alarmAtMillis: () => Promise<number | undefined>;
}

/** Runs a test with a store on empty storage. */
export type WithStore = (body: (subject: StoreUnderTest) => void | Promise<void>) => Promise<void>;

export function describeStoreCommits(name: string, withStore: WithStore): void {
  describe(`${name}: head and neighbours`, () => {
    test("[CU1] empty storage has no head and no neighbours", () =>
      withStore(({ store }) => {
        expect(store.readHead()).toBeUndefined();
        expect(store.readNeighbours()).toEqual(new Map());
      }));

    test("[CU1] reads back the last head that was written, also after a new start", () =>
      withStore(({ store, reopen }) => {
        store.writeHead({ ...HEAD, epoch: "e0" });
        const head = { ...HEAD, reservedSeq: Number.MAX_SAFE_INTEGER };
        store.writeHead(head);
        expect(store.readHead()).toEqual(head);
        expect(reopen().readHead()).toEqual(head);
      }));

    test("[ED5] reads back whether it is out of service, also after a new start; on empty storage it is not", () =>
      withStore(({ store, reopen }) => {
        expect(store.readIsDrained()).toBe(false);
        for (const isDrained of [true, false, true]) {
          store.writeIsDrained(isDrained);
          expect([store.readIsDrained(), reopen().readIsDrained()]).toEqual([isDrained, isDrained]);
        }
        expect(() =>
          store.transact(() => {
            store.writeIsDrained(false);
            throw new Error("the commit failed");
          }),
        ).toThrow("the commit failed");
        expect(store.readIsDrained()).toBe(true);
      }));

    test("[CU14] reads back the neighbours as last written, also after a new start", () =>
      withStore(({ store, reopen }) => {
        store.writeNeighbour("Parker", { epoch: "", cursor: 0, failures: 0 });
        store.writeNeighbour("Powell", { ...NEIGHBOUR, cursor: Number.MAX_SAFE_INTEGER });
        store.writeNeighbour("Parker", NEIGHBOUR);
        const written = { Parker: NEIGHBOUR, Powell: { ...NEIGHBOUR, cursor: Number.MAX_SAFE_INTEGER } };
        expect(Object.fromEntries(store.readNeighbours())).toEqual(written);
        expect(Object.fromEntries(reopen().readNeighbours())).toEqual(written);
      }));

    test("[CU23] a forgotten neighbour is gone, the others stay", () =>
      withStore(({ store }) => {
        store.writeNeighbour("Parker", NEIGHBOUR);
        store.writeNeighbour("Powell", NEIGHBOUR);
        store.forgetNeighbour("Parker");
        store.forgetNeighbour("Nobody");
        expect([...store.readNeighbours().keys()]).toEqual(["Powell"]);
      }));
  });

  describe(`${name}: commits`, () => {
    test("[CU14] a commit keeps everything that was written in it", () =>
      withStore(async ({ store, reopen, alarmAtMillis }) => {
        store.transact(() => {
          store.keep([numbered(1, "kiwi", "1")]);
          store.writeHead(HEAD);
          store.writeNeighbour("Parker", NEIGHBOUR);
          store.wakeAt(FAR_MILLIS);
        });
        const next = reopen();
        expect(next.read("kiwi")).toEqual(reportOf("kiwi", "1"));
        expect(next.readHead()).toEqual(HEAD);
        expect(next.readNeighbours()).toEqual(new Map([["Parker", NEIGHBOUR]]));
        expect(await alarmAtMillis()).toBe(FAR_MILLIS);
      }));

    test("[CU15] a commit that throws changes nothing, and the error is passed on", () =>
      withStore(async ({ store, alarmAtMillis }) => {
        const before = rowsOf(30);
        store.transact(() => {
          store.keep(before);
          store.writeHead(HEAD);
          store.writeNeighbour("Parker", NEIGHBOUR);
          store.writeNeighbour("Powell", NEIGHBOUR);
          store.wakeAt(FAR_MILLIS);
        });
        const error = new Error("disk full");
        let thrown: unknown;
        try {
          store.transact(() => {
            store.keep([...rowsOf(30, { firstSeq: 101, time: "2" }), numbered(200, "kiwi", "1")]);
            store.keep(rowsOf(10, { firstSeq: 301, time: "3" }));
            store.writeHead({ ...HEAD, lastSeq: 200 });
            store.writeNeighbour("Parker", { ...NEIGHBOUR, cursor: 99 });
            store.writeNeighbour("Hamilton", NEIGHBOUR);
            store.forgetNeighbour("Powell");
            store.forgetNeighbour("Parker");
            store.wakeAt(FAR_MILLIS - 1000);
            store.wakeAt(undefined);
            throw error;
          });
        } catch (caught) {
          thrown = caught;
        }
        expect(thrown).toBe(error);
        expect(scanAll(store, 100)).toEqual(before);
        expect(store.readHead()).toEqual(HEAD);
        expect(Object.fromEntries(store.readNeighbours())).toEqual({ Parker: NEIGHBOUR, Powell: NEIGHBOUR });
        expect(await alarmAtMillis()).toBe(FAR_MILLIS);
      }));

    test("[ST6] [ST7] says how many bytes it takes: more with more reports", () =>
      withStore(({ store, reopen }) => {
        const empty = store.sizeBytes();
        store.transact(() => store.keep(rowsOf(1000)));
        const full = store.sizeBytes();
        expect(full).toBeGreaterThan(empty + 40_000);
        expect(reopen().sizeBytes()).toBe(full);
        store.transact(() => store.keep(rowsOf(1000, { firstSeq: 2000, time: "2" })));
        expect(store.sizeBytes()).toBeLessThan(full * 2.5);
      }));

    test("[CU15] after a commit that throws the next one works", () =>
      withStore(({ store }) => {
        const failing = () =>
          store.transact(() => {
            store.keep([numbered(1, "kiwi", "5")]);
            throw new Error("disk full");
          });
        expect(failing).toThrow("disk full");
        store.transact(() =>
          expect(store.keep([numbered(1, "kiwi", "4")])).toEqual({ kept: new Set([1]), added: new Set([1]) }),
        );
        expect(store.read("kiwi")).toEqual(reportOf("kiwi", "4"));
      }));

    test("[CU14] a commit reads what it wrote", () =>
      withStore(({ store }) => {
        store.transact(() => {
          store.keep([numbered(1, "kiwi", "1")]);
          expect(store.read("kiwi")).toEqual(reportOf("kiwi", "1"));
          expect(store.keep([numbered(2, "kiwi", "1")]).kept.size).toBe(0);
        });
      }));

    test("[CU4] there is one alarm: it is moved, and cleared", () =>
      withStore(async ({ store, alarmAtMillis }) => {
        expect(await alarmAtMillis()).toBeUndefined();
        for (const millis of [FAR_MILLIS, FAR_MILLIS - 5000, FAR_MILLIS + 5000]) {
          store.transact(() => store.wakeAt(millis));
          expect(await alarmAtMillis()).toBe(millis);
        }
        store.transact(() => store.wakeAt(undefined));
        expect(await alarmAtMillis()).toBeUndefined();
      }));
  });
}
