// Rows that stop being durable after a given commit, without a word: what a crash at that commit leaves behind.
//
// A life goes on after that, as a server does that does not know yet. `left` is what the next life finds.

import { MemoryRows } from "./memory-rows.ts";

export class MortalRows extends MemoryRows {
  /** Commits that were made, each write outside of a transaction being one. */
  commits = 0;
  /** The commit that throws instead, after its body ran; 0 for none. */
  failing = 0;
  #isTransacting = false;
  #after: (commit: number) => void = () => undefined;

  /** `after`: called after each commit. */
  static of(rows: MemoryRows, after: (commit: number) => void): MortalRows {
    const mortal = rows.copyTo(new MortalRows());
    mortal.commits = 0;
    mortal.#after = after;
    return mortal;
  }

  override transact(body: () => void): void {
    this.#isTransacting = true;
    try {
      super.transact(() => {
        body();
        if (this.commits + 1 === this.failing) {
          this.failing = 0;
          throw new Error("the commit failed");
        }
      });
    } finally {
      this.#isTransacting = false;
    }
    this.#committed();
  }

  override putCommit(row: Parameters<MemoryRows["putCommit"]>[0]): void {
    this.#write(() => super.putCommit(row));
  }

  override putPage(page: Parameters<MemoryRows["putPage"]>[0]): void {
    this.#write(() => super.putPage(page));
  }

  override wakeAt(millis: number | undefined): void {
    this.#write(() => super.wakeAt(millis));
  }

  #write(write: () => void): void {
    if (this.#isTransacting) write();
    else this.transact(write);
  }

  #committed(): void {
    this.commits++;
    this.#after(this.commits);
  }
}
