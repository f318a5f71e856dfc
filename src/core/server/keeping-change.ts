// Whether reports are kept for as long as the last life of the server kept them, and what follows if not.
//
// If they are kept for longer, servers may still have some that others have erased: all is sent once more, in a new epoch. What was long past
// the former keeping stays unknown, because it may have been forgotten so long ago that this is known no more. Keeps KP7.

import type { Keeping } from "../protocol/keeping.ts";
import type { ReportStore, StoredKeeping } from "../store/report-store.ts";

interface KeepingChangePorts {
  readonly keepSeconds: number;
  readonly eraseSeconds: number;
  readonly keeping: Keeping;
  readonly store: Pick<ReportStore, "readKeeping" | "writeKeeping" | "eraseBy">;
  /** Whether it never held anything: then what it is to remember can wait. */
  readonly isNew: () => boolean;
}

/** What a server keeps that never heard of keeping. */
const FOR_EVER: StoredKeeping = { keepSeconds: 0, sinceMillis: 0 };

export class KeepingChange {
  readonly #ports: KeepingChangePorts;
  /** As the store has it. */
  readonly #before: StoredKeeping;
  #eraseMillis = Infinity;
  #isToWrite: boolean;
  #isNew = true;

  constructor(ports: KeepingChangePorts) {
    this.#ports = ports;
    this.#before = ports.store.readKeeping() ?? FOR_EVER;
    this.#isToWrite = this.#before.keepSeconds !== ports.keepSeconds;
    ports.keeping.letGoBefore(this.#before.sinceMillis);
  }

  /** Has to be called once, with the time of the first turn, POSIX milliseconds. Says whether reports are kept for longer than before. */
  begin(nowMillis: number): boolean {
    if (!this.#isToWrite) return false;
    const { keepSeconds, eraseSeconds, keeping, isNew } = this.#ports;
    this.#isNew = isNew();
    this.#eraseMillis = nowMillis + eraseSeconds * 1000;
    const { keepSeconds: before } = this.#before;
    const isLonger = before !== 0 && (keepSeconds === 0 || keepSeconds > before);
    if (isLonger) keeping.letGoBefore(nowMillis - before * 1000 - keeping.apartMillis);
    return isLonger;
  }

  /** Whether it has to be written. */
  get isDue(): boolean {
    return this.#isToWrite && !this.#isNew;
  }

  /** Call it inside the store's `transact`. */
  keep(): void {
    if (!this.#isToWrite) return;
    const { keepSeconds, keeping, store } = this.#ports;
    store.writeKeeping({ keepSeconds, sinceMillis: keeping.sinceMillis });
    if (!this.#isNew) store.eraseBy(this.#eraseMillis);
    this.#isToWrite = false;
  }
}
