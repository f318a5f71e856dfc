// The reports that the log has and the pages have not: of each client the newest. Reads see them before the pages.

import { SortedKeys } from "../lib/sorted-keys.ts";
import { compareUtf8 } from "../lib/utf8.ts";
import type { NumberedReport } from "../store/report-store.ts";

export class Unfolded {
  readonly #reports = new Map<string, NumberedReport>();
  readonly #clients = new SortedKeys();

  get size(): number {
    return this.#reports.size;
  }

  get(client: string): NumberedReport | undefined {
    return this.#reports.get(client);
  }

  /** Says whether it had none of this client. */
  set(numbered: NumberedReport): boolean {
    const { client } = numbered.report;
    const isNew = !this.#reports.has(client);
    if (isNew) this.#clients.add(client);
    this.#reports.set(client, numbered);
    return isNew;
  }

  delete(client: string): void {
    this.#reports.delete(client);
    this.#clients.delete(client);
  }

  /** Those of the clients above this one, in order. None may be set or deleted while they are read. */
  *above(client: string): Generator<NumberedReport, void> {
    for (const found of this.#clients.above(client)) {
      const numbered = this.#reports.get(found);
      if (numbered !== undefined) yield numbered;
    }
  }

  /** At most `count` of the clients above the one and below the other, in order. */
  between(client: string, end: string | undefined, count: number): NumberedReport[] {
    const found: NumberedReport[] = [];
    for (const numbered of this.above(client)) {
      if (found.length >= count || (end !== undefined && compareUtf8(numbered.report.client, end) >= 0)) break;
      found.push(numbered);
    }
    return found;
  }
}
