// Clients that are known to have a row, so that writing them again need not ask.
//
// Bounded in two generations: the older is dropped when the younger is full, and one that is met in it moves on. A client
// that is not in it may have a row all the same: that only costs the question. Keeps LI12: its texts are its own.

import { detachedText } from "../../core/lib/detached-text.ts";

/** Clients in a generation: with ids of 40 characters both take 3 MB. */
const GENERATION_SIZE = 16_384;

export class KnownRowsCache {
  #younger = new Set<string>();
  #older = new Set<string>();

  has(client: string): boolean {
    if (this.#younger.has(client)) return true;
    if (!this.#older.has(client)) return false;
    this.add(client);
    return true;
  }

  add(client: string): void {
    if (this.#younger.has(client)) return;
    if (this.#younger.size >= GENERATION_SIZE) {
      this.#older = this.#younger;
      this.#younger = new Set();
    }
    this.#younger.add(detachedText(client));
  }

  clear(): void {
    this.#younger.clear();
    this.#older.clear();
  }
}
