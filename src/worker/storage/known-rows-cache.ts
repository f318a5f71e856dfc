// Remembers clients that have a row. A write for such a client need not ask whether its row is new.
//
// There are two generations of limited size. When the younger one is full, the older one is dropped. A client that is found in
// the older one moves to the younger one. A forgotten client costs only the question. Keeps LI12: it owns its texts.

import { detachedText } from "../../core/lib/detached-text.ts";

/** Clients in a generation. With ids of 40 characters, both generations take 3 MB. */
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
