// The reports of one turn, between being heard and being durable.
//
// Reports of many messages and connections share one commit, and reads see them before it. A client's only report of the
// turn goes to the store undecided, where the guard judges it inside the statement, so the common case reads nothing.
// A second one of the same client makes the first be judged here, against the stored one. Keeps RP6 and CU2.

import { supersedes, type Report } from "./report.ts";
import type { NumberedReport, ReportStore } from "./report-store.ts";

/** Whom a report came from: the neighbour, and the life that sent it (FL2). */
export interface Source {
  readonly neighbour: string;
  readonly run: string;
}

/** A report on its way to the store, and what became of it. */
export interface Offer {
  readonly report: Report;
  /** Absent when a client of this server sent it. */
  readonly source: Source | undefined;
  /** `undefined` until the guard has judged. */
  isAccepted: boolean | undefined;
  /** What was held instead, where this offer was refused and a client waits to hear. */
  held: Report | undefined;
}

interface Pending {
  /** The newest offer not refused: undecided or accepted. */
  best: Offer | undefined;
  /** What this client's reads see; `undefined` while `best` is undecided. */
  held: Report | undefined;
}

/** An offer that the store kept, with its number. */
export interface Accepted {
  readonly seq: number;
  readonly offer: Offer;
}

/** What became of a turn's reports. */
export interface Commit {
  /** The kept ones, in order of their numbers: of each client the newest. */
  readonly accepted: readonly Accepted[];
  readonly refused: readonly Offer[];
  /** How many of the kept ones are of clients unknown before. */
  readonly added: number;
}

export class PendingReports {
  readonly #store: ReportStore;
  readonly #byClient = new Map<string, Pending>();
  #offers: Offer[] = [];

  constructor(store: ReportStore) {
    this.#store = store;
  }

  /** Clients with something to write at most: refused ones count until the commit. */
  get size(): number {
    return this.#byClient.size;
  }

  offer(report: Report, source: Source | undefined): Offer {
    const offer: Offer = { report, source, isAccepted: undefined, held: undefined };
    this.#offers.push(offer);
    const pending = this.#byClient.get(report.client);
    if (pending === undefined) {
      this.#byClient.set(report.client, { best: offer, held: undefined });
      return offer;
    }
    const held = this.#decide(pending);
    offer.isAccepted = supersedes(report, held);
    if (offer.isAccepted) {
      pending.best = offer;
      pending.held = report;
    } else offer.held = held;
    return offer;
  }

  /** The newest report of a client, pending ones included. */
  read(client: string): Report | undefined {
    const pending = this.#byClient.get(client);
    return pending === undefined ? this.#store.read(client) : this.#decide(pending);
  }

  /** Writes what is pending, numbered from `firstSeq` on, and settles every offer. Call it inside the store's `transact`. */
  commit(firstSeq: number): Commit {
    const numbered: Accepted[] = [];
    const batch: NumberedReport[] = [];
    for (const { best } of this.#byClient.values()) {
      if (best === undefined) continue;
      const seq = firstSeq + batch.length;
      numbered.push({ seq, offer: best });
      batch.push({ seq, report: best.report });
    }
    const { kept, added } = this.#store.keep(batch);
    for (const { seq, offer } of numbered) {
      offer.isAccepted = kept.has(seq);
      if (!offer.isAccepted && offer.source === undefined) offer.held = this.#store.read(offer.report.client);
    }
    const accepted = numbered.filter(({ offer }) => offer.isAccepted);
    const refused = this.#offers.filter(({ isAccepted }) => isAccepted === false);
    this.#byClient.clear();
    this.#offers = [];
    return { accepted, refused, added };
  }

  /** Judges an offer that the store would else have judged; answers with what is then held. */
  #decide(pending: Pending): Report {
    if (pending.held !== undefined) return pending.held;
    const { best } = pending;
    if (best === undefined) throw new Error("Cannot read a pending client that has neither a report nor an offer");
    const stored = this.#store.read(best.report.client);
    best.isAccepted = supersedes(best.report, stored);
    if (best.isAccepted || stored === undefined) {
      pending.held = best.report;
    } else {
      best.held = stored;
      pending.best = undefined;
      pending.held = stored;
    }
    return pending.held;
  }
}
