// What memory knows of clients: an object for each, which stays the same while it is known. So a report costs one look into a map
// on its way from the guard into the log and into a page; such a look costs more than the rest, because the map is larger than
// the processor's caches.
//
// Known are all whose report the log has and the pages have not, and those that were asked for last, about: there are two
// generations. When the younger one is full, the older one is let go, but for what is in the log alone. What is found in the older one moves to the
// younger one. Keeps RP7 and LI12: it owns its keys.

import { detachedText } from "../lib/detached-text.ts";
import type { Report } from "../protocol/report.ts";
import type { Held, NumberedReport } from "../store/report-store.ts";

/** A client, and its newest report, if any is stored. */
export class HeldClient implements Held {
  readonly client: string;
  numbered: NumberedReport | undefined;
  /** The log has the report, and the pages have not. */
  isUnfolded = false;
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
}

export class HeldClients {
  readonly #generationSize: number;
  #generation = 0;
  #younger = new Map<string, HeldClient>();
  #older = new Map<string, HeldClient>();
  #unfolded = 0;

  /** Beside what is unfolded, it knows at least the `generationSize` clients that were asked for last, and at most twice as many. */
  constructor(generationSize: number) {
    this.#generationSize = generationSize;
  }

  /** How many are unfolded. */
  get unfoldedCount(): number {
    return this.#unfolded;
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

  /** From now on it is known, whatever comes. It is one that `get`, `add` or `current` has just given. */
  setUnfolded(held: HeldClient): void {
    if (held.isUnfolded) return;
    held.isUnfolded = true;
    this.#unfolded++;
  }

  setFolded(held: HeldClient): void {
    if (!held.isUnfolded) return;
    held.isUnfolded = false;
    this.#unfolded--;
  }

  #put(held: HeldClient): void {
    if (this.#younger.size - this.#unfolded >= this.#generationSize) this.#beginGeneration();
    held.generation = this.#generation;
    this.#younger.set(held.client, held);
  }

  #beginGeneration(): void {
    const letGo = this.#older;
    this.#older = this.#younger;
    this.#younger = new Map();
    this.#generation++;
    for (const held of letGo.values()) {
      if (!held.isUnfolded || held.generation > this.#generation - 2) continue;
      held.generation = this.#generation;
      this.#younger.set(held.client, held);
    }
  }
}
