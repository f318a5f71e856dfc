// The log of commits: a row each, in slots that are used again once the pages have what is in them.
//
// A slot is written over and never deleted, because a row that is deleted is billed as one that is written. Which commits are folded
// is said by the newest one, so nothing else has to be written for that. Such a commit has the facts too: those that
// it supersedes may be in a slot that is used again.

import type { CommitRow, Rows } from "./rows.ts";

/** What a commit says. */
type CommitText = Pick<CommitRow, "lastSeq" | "clients" | "facts" | "reports">;

/** What a row takes beside its texts, about. */
const ROW_BYTES = 40;

interface Unfolded {
  readonly number: number;
  readonly slot: number;
  readonly bytes: number;
}

export class CommitLog {
  readonly #rows: Pick<Rows, "putCommit">;
  /** The commits that the newest one does not say to be folded, oldest first. */
  #commits: Unfolded[];
  #number: number;
  #folded: number;
  #slots: number;
  readonly #free: number[] = [];
  #bytes: number;

  /** `found`: what the storage has. */
  constructor(rows: Pick<Rows, "putCommit">, found: readonly CommitRow[]) {
    this.#rows = rows;
    this.#commits = found.map((row) => ({ number: row.number, slot: row.slot, bytes: bytesOf(row) }));
    this.#number = found.at(-1)?.number ?? 0;
    this.#folded = found.at(-1)?.folded ?? 0;
    this.#bytes = this.#commits.reduce((sum, { bytes }) => sum + bytes, 0);
    const taken = new Set(this.#commits.map(({ slot }) => slot));
    this.#slots = Math.max(0, ...taken);
    // Whatever is above the highest slot taken is found when it is used: its row is written over.
    for (let slot = 1; slot < this.#slots; slot++) if (!taken.has(slot)) this.#free.push(slot);
  }

  /** The number of the newest commit. */
  get number(): number {
    return this.#number;
  }

  /** Characters in the commits that are not folded, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Commits that are not folded. */
  get length(): number {
    return this.#commits.length;
  }

  /**
   * Writes the rows of a commit, which says that those up to `folded` are in the pages. Call it inside `transact`. Returns what
   * has to be called when that has succeeded.
   */
  append(texts: readonly CommitText[], folded = this.#folded): () => void {
    const appended = texts.map((text, index): Unfolded => {
      const slot = this.#free.at(-1 - index) ?? this.#slots + 1 + index - this.#free.length;
      const row = { ...text, slot, number: this.#number + 1 + index, folded };
      this.#rows.putCommit(row);
      return { number: row.number, slot, bytes: bytesOf(row) };
    });
    return () => this.#appended(appended, folded);
  }

  #appended(appended: readonly Unfolded[], folded: number): void {
    this.#free.length -= Math.min(this.#free.length, appended.length);
    this.#slots = Math.max(this.#slots, ...appended.map(({ slot }) => slot));
    this.#commits.push(...appended);
    this.#number += appended.length;
    for (const { bytes } of appended) this.#bytes += bytes;
    if (folded > this.#folded) this.#forget(folded);
  }

  #forget(folded: number): void {
    this.#folded = folded;
    for (const { number, slot, bytes } of this.#commits) {
      if (number > folded) break;
      this.#free.push(slot);
      this.#bytes -= bytes;
    }
    this.#commits = this.#commits.filter(({ number }) => number > folded);
  }
}

function bytesOf({ facts, reports }: CommitText): number {
  return ROW_BYTES + (facts?.length ?? 0) + reports.length;
}
