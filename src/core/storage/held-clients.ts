// What memory knows of clients: an object for each, which stays the same while it is known. So a report costs one look into a map
// on its way from the guard into the log and into a page; such a look costs more than the rest, because the map is larger than
// the processor's caches.
//
// Known are all of whom something is not in the pages yet, and those that were asked for last, about: there are two generations.
// When the younger one is full, the older one is let go, but for those that are needed. What is found in the older one moves to
// the younger one. Keeps RP7 and LI12: it owns its keys.

import { detachedText } from "../lib/detached-text.ts";
import type { Report } from "../protocol/report.ts";
import type { Held, PendingClient, RecentReport } from "../store/held.ts";
import type { NumberedReport } from "../store/report-store.ts";

/** A client, and its newest report, if any is stored. */
export class HeldClient implements Held {
  readonly client: string;
  numbered: NumberedReport | undefined;
  /** The log has the report, and the pages have not. */
  isUnfolded = false;
  pending: PendingClient | undefined;
  recent: RecentReport | undefined;
  /** The generation that has it. */
  generation: number;

  constructor(client: string, numbered: NumberedReport | undefined, generation: number) {
    this.client = client;
    this.numbered = numbered;
    this.generation = generation;
  }

  get report(): Report | undefined {
    return this.numbered?.report;
  }

  /** Something in memory refers to it. */
  get isNeeded(): boolean {
    return this.isUnfolded || this.pending !== undefined || this.recent !== undefined;
  }
}

export class HeldClients {
  readonly #generationSize: number;
  #generation = 0;
  #younger = new Map<string, HeldClient>();
  #older = new Map<string, HeldClient>();
  /** How many the younger generation had when it began. */
  #carried = 0;

  /** Beside those that are needed it knows at least the `generationSize` clients that were asked for last, and at most twice as many. */
  constructor(generationSize: number) {
    this.#generationSize = generationSize;
  }

  get(client: string): HeldClient | undefined {
    const held = this.#younger.get(client);
    if (held !== undefined) return held;
    const old = this.#older.get(client);
    if (old !== undefined) this.#put(old);
    return old;
  }

  /** A client that is not known. */
  add(client: string, numbered: NumberedReport | undefined): HeldClient {
    const held = new HeldClient(detachedText(client), numbered, this.#generation);
    this.#put(held);
    return held;
  }

  /** The object of a client that was known: the same, unless it was let go and another one is known by now. */
  current(held: HeldClient): HeldClient {
    if (held.generation >= this.#generation - 1) return held;
    const known = this.get(held.client);
    if (known === undefined) this.#put(held);
    return known ?? held;
  }

  #put(held: HeldClient): void {
    if (this.#younger.size - this.#carried >= this.#generationSize) this.#beginGeneration();
    held.generation = this.#generation;
    this.#younger.set(held.client, held);
  }

  #beginGeneration(): void {
    const letGo = this.#older;
    this.#older = this.#younger;
    this.#younger = new Map();
    this.#generation++;
    for (const held of letGo.values()) {
      if (!held.isNeeded || held.generation > this.#generation - 2) continue;
      held.generation = this.#generation;
      this.#younger.set(held.client, held);
    }
    this.#carried = this.#younger.size;
  }
}
