// How values are spread: counts by upper bound, as a monitoring system adds them up over servers.

/** Plain data. `counts[i]` is of the values at most `bounds[i]` and above the bound before; one more is of all above. */
export interface HistogramStatus {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` grow. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let index = 0;
    while (index < this.#bounds.length && value > (this.#bounds[index] ?? 0)) index++;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  status(): HistogramStatus {
    return { bounds: this.#bounds, counts: [...this.#counts], sum: this.#sum };
  }
}
