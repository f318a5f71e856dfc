// The inputs that were the first to reach some block of the code: what new inputs are made from.

import type { Coverage } from "./coverage.ts";

export class Corpus<Input> {
  readonly inputs: Input[] = [];
  readonly #coverage: Coverage;

  constructor(coverage: Coverage) {
    this.#coverage = coverage;
  }

  /** Runs each input once; where the batch reached something new, those that did are found by running them again. */
  explore(batch: readonly Input[], run: (input: Input) => void): void {
    this.#coverage.take();
    for (const input of batch) run(input);
    const fresh = this.#coverage.learn(this.#coverage.take());
    if (fresh.size > 0) this.#keep(batch, run, fresh);
  }

  /** Halves the inputs until one is left; `fresh` loses what is accounted for. */
  #keep(inputs: readonly Input[], run: (input: Input) => void, fresh: Set<number>): void {
    const [input] = inputs;
    if (input === undefined || fresh.size === 0) return;
    for (const one of inputs) run(one);
    const reached = this.#coverage.take().intersection(fresh);
    if (reached.size === 0) return;
    if (inputs.length > 1) {
      const middle = inputs.length >>> 1;
      this.#keep(inputs.slice(0, middle), run, fresh);
      return this.#keep(inputs.slice(middle), run, fresh);
    }
    this.inputs.push(input);
    for (const spot of reached) fresh.delete(spot);
  }
}
