// The clients whose report the log has and the pages have not, in order. Reads see it before the pages.
//
// Those that a start finds are put in order later, some at a time: a third of what the start would take.

import { SortedKeys } from "../lib/sorted-keys.ts";
import { compareUtf8 } from "../lib/utf8.ts";
import type { NumberedReport } from "../store/report-store.ts";
import type { HeldClient, HeldClients } from "./held-clients.ts";

export class Unfolded {
  readonly #held: HeldClients;
  readonly #clients = new SortedKeys();
  /** Clients that are not among the sorted ones yet. */
  #found: string[] = [];

  constructor(held: HeldClients) {
    this.#held = held;
  }

  get size(): number {
    return this.#clients.size + this.#found.length;
  }

  /** A client of whom the log had none. */
  add(held: HeldClient): void {
    held.isUnfolded = true;
    this.#clients.add(held.client);
  }

  /** One that a start found. */
  addFound(held: HeldClient): void {
    held.isUnfolded = true;
    this.#found.push(held.client);
  }

  /** Puts so many of those found in order. Says whether all are. */
  putInOrder(count: number): boolean {
    for (const client of this.#found.splice(-count)) this.#clients.add(client);
    return this.#found.length === 0;
  }

  delete(client: string): void {
    const held = this.#held.get(client);
    if (held !== undefined) held.isUnfolded = false;
    this.#clients.delete(client);
  }

  /** Those of the clients above this one, in order. None may be set or deleted while they are read. */
  *above(client: string): Generator<NumberedReport, void> {
    if (this.#found.length > 0) this.putInOrder(Infinity);
    for (const found of this.#clients.above(client)) {
      const numbered = this.#held.get(found)?.numbered;
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
