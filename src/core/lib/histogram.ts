// A distribution of values: counts by upper bound, in the form that a monitoring system can add up over servers.

/** `counts[i]` counts the values up to `bounds[i]` and above the bound before it. The last count is of the values above all bounds. */
export interface HistogramStatus {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` in ascending order. */
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
