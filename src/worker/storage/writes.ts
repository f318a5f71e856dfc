// The commits of an object's storage, and what is known of the storage from those that failed.
//
// Facts, 2026-11-27 (workerd 1.20261117): a commit writes to the disk after `transactionSync` has returned. Where the disk is
// full, the runtime then ends the object without a word to its code. So an object that finds a commit of its last life without
// confirmation suspects its storage, and tries it. It could not store that it waits for a commit: the memory of the isolate has
// it, which outlives its objects. If that is gone too, the next refused write is one more end of the object. Keeps ST2.

import type { RefusedWrite } from "../../core/store/report-store.ts";

/** SQLite's result codes of a storage that takes no writes: it is full, broken, or may only be read. */
const REFUSED = /SQLITE_(?:FULL|IOERR|READONLY|CANTOPEN)/;

/** Errors that are further apart than this have nothing to do with each other. */
const APART_MILLIS = 3_600_000;

interface Memory {
  /** A commit waits to be confirmed. */
  isWaiting: boolean;
  /** Lives in a row that ended while a commit waited, and had none confirmed. */
  unconfirmed: number;
  /** Writes that SQLite refused with an error, each within `APART_MILLIS` of the one before, and when the last one was. */
  errors: number;
  lastMillis: number;
  /** The last write that was refused, if none worked since. */
  refused: RefusedWrite | undefined;
  /** Commits that failed. */
  failed: number;
}

/** Of each object of this isolate, by its id. */
const memories = new Map<string, Memory>();

export class Writes {
  readonly #storage: DurableObjectStorage;
  readonly #memory: Memory;
  /** Whether the last life of the object ended while a commit waited: because it was refused, or by chance. */
  readonly isSuspect: boolean;
  #made = 0;
  #isSyncing = false;
  #confirmedMillis = -Infinity;

  /** For one life of an object. `id`: of the object. */
  constructor(storage: DurableObjectStorage, id: string) {
    this.#storage = storage;
    this.#memory = memories.get(id) ?? {
      isWaiting: false,
      unconfirmed: 0,
      errors: 0,
      lastMillis: 0,
      refused: undefined,
      failed: 0,
    };
    memories.set(id, this.#memory);
    this.isSuspect = this.#memory.isWaiting;
    this.#memory.isWaiting = false;
    if (this.isSuspect) this.#memory.unconfirmed++;
  }

  /** The last write that the storage refused; `undefined` if it takes writes, as far as is known. */
  get refused(): RefusedWrite | undefined {
    return this.#memory.refused;
  }

  /** Commits that failed, since the isolate began. */
  get failed(): number {
    return this.#memory.failed;
  }

  /** When a commit was last confirmed, POSIX milliseconds; -Infinity if none was since the object started. */
  get confirmedMillis(): number {
    return this.#confirmedMillis;
  }

  /**
   * A storage that is suspect was tried. `problem`: why it takes no writes. If it takes them, the object may have ended by chance;
   * not if that is so for the second time, and nothing was confirmed between.
   */
  judge(problem: string | undefined): void {
    const memory = this.#memory;
    const times = memory.unconfirmed;
    if (problem === undefined && times < 2) return;
    memory.failed++;
    memory.refused = { reason: problem ?? "commits are not confirmed, though a trial is", times };
  }

  /** Runs `body` as one commit. If that throws, nothing of it happened, and the error goes on. */
  commit<Result>(body: () => Result): Result {
    return this.#commit(() => this.#storage.transactionSync(body));
  }

  /** Runs `body`, which makes one write: it is a commit without a transaction around it, which is faster. */
  write(body: () => void): void {
    this.#commit(body);
  }

  #commit<Result>(body: () => Result): Result {
    let result: Result;
    try {
      result = body();
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      throw error;
    }
    this.#made++;
    this.#memory.isWaiting = true;
    if (!this.#isSyncing) void this.#confirm();
    return result;
  }

  /** The object ends for another reason than its storage: no commit that is under way was refused. */
  end(): void {
    this.#memory.isWaiting = false;
  }

  /** Whatever refused a write is no more: the storage is another one. */
  forget(): void {
    this.end();
    this.#memory.refused = undefined;
  }

  async #confirm(): Promise<void> {
    this.#isSyncing = true;
    for (let upTo = -1; upTo < this.#made;) {
      upTo = this.#made;
      await this.#storage.sync();
      this.#confirmedMillis = Date.now();
      this.#memory.refused = undefined;
      this.#memory.unconfirmed = 0;
    }
    this.#isSyncing = false;
    this.#memory.isWaiting = false;
  }

  #fail(reason: string): void {
    const memory = this.#memory;
    memory.failed++;
    if (!REFUSED.test(reason)) return;
    const nowMillis = Date.now();
    memory.errors = Math.abs(nowMillis - memory.lastMillis) < APART_MILLIS ? memory.errors + 1 : 1;
    memory.lastMillis = nowMillis;
    memory.refused = { reason, times: memory.errors };
  }
}
