// Whether the server is in service. An operator drains and resumes it, and what the operator said outlives every restart.
// Keeps ED5 and ED6.

import type { ReportStore } from "../store/report-store.ts";

export class Service {
  readonly #store: Pick<ReportStore, "writeIsDrained">;
  #isDrained: boolean;
  #isChanged = false;

  constructor(store: Pick<ReportStore, "readIsDrained" | "writeIsDrained">) {
    this.#store = store;
    this.#isDrained = store.readIsDrained();
  }

  get isDrained(): boolean {
    return this.#isDrained;
  }

  /** Whether a change has to be written. */
  get isDue(): boolean {
    return this.#isChanged;
  }

  /** Answers whether this changed anything. */
  change(isDrained: boolean): boolean {
    if (this.#isDrained === isDrained) return false;
    this.#isDrained = isDrained;
    this.#isChanged = true;
    return true;
  }

  /** Writes a change. Call it inside the store's `transact`. */
  keep(): void {
    if (this.#isChanged) this.#store.writeIsDrained(this.#isDrained);
    this.#isChanged = false;
  }
}
