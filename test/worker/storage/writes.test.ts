// What an object learns of its storage from the commits of its last life.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { Writes } from "../../../src/worker/storage/writes.ts";

let ids = 0;

/** Lives of one object, one after the other: each call begins the next. */
function onLives(body: (nextLife: () => Writes, storage: DurableObjectStorage) => void | Promise<void>): Promise<void> {
  return runInDurableObject(env.HERD_SERVER.getByName("Powell"), async (_, { storage }) => {
    const id = `object ${++ids}`;
    await body(() => new Writes(storage, id), storage);
  });
}

const write = ({ sql }: DurableObjectStorage) => sql.exec("DELETE FROM places_requests");

describe("a life that ended", () => {
  test("[ST2] after its commits were confirmed leaves no suspicion", () =>
    onLives(async (nextLife, storage) => {
      const first = nextLife();
      expect([first.isSuspect, first.refused, first.confirmedMillis]).toEqual([false, undefined, -Infinity]);
      for (let commit = 0; commit < 3; commit++) first.commit(() => write(storage));
      await vi.waitUntil(() => first.confirmedMillis > 0);
      first.commit(() => write(storage));
      await storage.sync();
      await vi.waitUntil(() => !nextLife().isSuspect);
      expect(nextLife().failed).toBe(0);
    }));

  test("[ST2] while a commit waited is suspect, and forgiven once if the storage takes writes", () =>
    onLives((nextLife, storage) => {
      nextLife().commit(() => write(storage));
      const second = nextLife();
      expect(second.isSuspect).toBe(true);
      second.judge(undefined);
      expect([second.refused, second.failed]).toEqual([undefined, 0]);
      expect(nextLife().isSuspect).toBe(false);
    }));

  test("[ST2] [ST8] while a commit waited was refused it, if the storage takes none", () =>
    onLives((nextLife, storage) => {
      nextLife().commit(() => write(storage));
      const second = nextLife();
      second.judge("the disk is full");
      expect([second.refused, second.failed]).toEqual([{ reason: "the disk is full", times: 1 }, 1]);
      expect(nextLife().refused).toEqual({ reason: "the disk is full", times: 1 });
    }));

  test("[ST5] so again and again was refused, whatever a trial says, until a commit is confirmed", () =>
    onLives(async (nextLife, storage) => {
      for (const times of [1, 2, 3]) {
        nextLife().commit(() => write(storage));
        const next = nextLife();
        next.judge(undefined);
        expect(next.refused?.times).toBe(times === 1 ? undefined : times);
      }
      const well = nextLife();
      well.commit(() => write(storage));
      await vi.waitUntil(() => well.refused === undefined);
      well.commit(() => write(storage));
      const next = nextLife();
      next.judge(undefined);
      expect(next.refused).toBeUndefined();
    }));

  test("[ST2] [CU15] by a fault of its own accuses no storage", () =>
    onLives((nextLife, storage) => {
      const first = nextLife();
      first.commit(() => write(storage));
      const failing = () =>
        first.commit(() => {
          throw new Error("a fault");
        });
      expect(failing).toThrow("a fault");
      first.end();
      const second = nextLife();
      expect([second.isSuspect, second.refused, second.failed]).toEqual([false, undefined, 1]);
    }));

  test.each(["SQLITE_FULL", "SQLITE_IOERR (extended: SQLITE_IOERR_WRITE)", "SQLITE_READONLY", "SQLITE_CANTOPEN"])(
    "[ST2] with %s was refused a write",
    (code) =>
      onLives((nextLife) => {
        const first = nextLife();
        const failing = () =>
          first.commit(() => {
            throw new Error(`what SQLite says: ${code}`);
          });
        for (let times = 1; times < 4; times++) {
          expect(failing).toThrow("what SQLite says");
          expect(nextLife().refused).toEqual({ reason: `what SQLite says: ${code}`, times });
        }
        first.forget();
        expect(nextLife().refused).toBeUndefined();
      }),
  );

  test.each(["SQLITE_CONSTRAINT", "SQLITE_BUSY", "SQLITE_ERROR", "SQLITE_TOOBIG"])(
    "[CU15] with %s was refused nothing",
    (code) =>
      onLives((nextLife) => {
        const failing = () =>
          nextLife().commit(() => {
            throw new Error(`what SQLite says: ${code}`);
          });
        expect(failing).toThrow("what SQLite says");
        expect(nextLife().refused).toBeUndefined();
      }),
  );
});
