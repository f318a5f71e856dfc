// A map of limited size that keeps what was used last, about.
//
// There are two generations. When the younger one is full, the older one is dropped. What is found in the older one moves to
// the younger one. Keeps LI12: it owns its keys.

import { detachedText } from "./detached-text.ts";

export class RecentMap<Value> {
  readonly #generationSize: number;
  #younger = new Map<string, Value>();
  #older = new Map<string, Value>();

  /** It keeps at least the `generationSize` keys that were used last, and at most twice as many. */
  constructor(generationSize: number) {
    this.#generationSize = generationSize;
  }

  get(key: string): Value | undefined {
    const value = this.#younger.get(key);
    if (value !== undefined) return value;
    const old = this.#older.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    const isKnown = this.#younger.has(key);
    if (!isKnown && this.#younger.size >= this.#generationSize) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    // A key that is there stays the text that it is.
    this.#younger.set(isKnown ? key : detachedText(key), value);
  }

  clear(): void {
    this.#younger.clear();
    this.#older.clear();
  }
}
