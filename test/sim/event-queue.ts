// The planned events, in order of time; at equal times in the order in which they were planned. A binary heap.

interface Planned {
  readonly atMillis: number;
  readonly sequence: number;
  readonly happen: () => void;
}

export class EventQueue {
  readonly #heap: Planned[] = [];
  #sequence = 0;

  push(atMillis: number, happen: () => void): void {
    const heap = this.#heap;
    let index = heap.push({ atMillis, sequence: this.#sequence++, happen }) - 1;
    while (index > 0) {
      const above = (index - 1) >>> 1;
      if (!this.#swapIfBefore(index, above)) break;
      index = above;
    }
  }

  peek(): Planned | undefined {
    return this.#heap[0];
  }

  pop(): Planned | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || last === first) return first;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const least = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!this.#swapIfBefore(least, index)) return first;
      index = least;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const heap = this.#heap;
    const [low, high] = [heap[lower], heap[upper]];
    if (low === undefined || high === undefined || !isBefore(low, high)) return false;
    heap[upper] = low;
    heap[lower] = high;
    return true;
  }
}

function isBefore(one: Planned | undefined, other: Planned | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.atMillis === other.atMillis ? one.sequence < other.sequence : one.atMillis < other.atMillis;
}
