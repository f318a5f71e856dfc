// A set of texts in the order of their UTF-8 bytes, from which a range can be read.
//
// The keys are in short sorted lists, one after the other, so a key is added or removed without moving all others. (A library's
// B-tree was tried: its CommonJS default export is a different thing for Node, for the bundler and for TypeScript.)

import { compareUtf8 } from "./utf8.ts";

const LIST_KEYS_MAX = 512;

export class SortedKeys {
  /** None is empty, but for the only one. */
  #lists: string[][] = [[]];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Does nothing if it has the key. */
  add(key: string): void {
    const at = this.#listOf(key);
    const list = this.#lists[at] ?? [];
    const index = indexOf(list, key);
    if (list[index] === key) return;
    list.splice(index, 0, key);
    this.#size++;
    if (list.length > LIST_KEYS_MAX) this.#lists.splice(at + 1, 0, list.splice(LIST_KEYS_MAX / 2));
  }

  /** Does nothing if it has no such key. */
  delete(key: string): void {
    const at = this.#listOf(key);
    const list = this.#lists[at] ?? [];
    const index = indexOf(list, key);
    if (list[index] !== key) return;
    list.splice(index, 1);
    this.#size--;
    if (list.length === 0 && this.#lists.length > 1) this.#lists.splice(at, 1);
  }

  /** The greatest key that is not above this one. */
  atOrBelow(key: string): string | undefined {
    const list = this.#lists[this.#listOf(key)] ?? [];
    const index = indexOf(list, key);
    return list[index] === key ? key : list[index - 1];
  }

  /** The keys above this one, in order. It must not be changed while they are read. */
  *above(key: string): Generator<string, void> {
    const first = this.#listOf(key);
    for (let at = first; at < this.#lists.length; at++) {
      const list = this.#lists[at] ?? [];
      let index = at === first ? indexOf(list, key) : 0;
      if (list[index] === key) index++;
      for (; index < list.length; index++) yield list[index] ?? "";
    }
  }

  /** Which list has the key, or would have it: the last one that does not begin above it. */
  #listOf(key: string): number {
    let low = 0;
    let high = this.#lists.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (compareUtf8(this.#lists[middle]?.[0] ?? "", key) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Where the key is, or would be. */
function indexOf(list: readonly string[], key: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(list[middle] ?? "", key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
