// The reports between being heard and being durable.
//
// Reports of many messages and connections share one commit, and reads see them before it. The guard judges each as it is offered,
// against what is then held of its client, written or not.
//
// A neighbour's report may be *held back*: it is numbered and passed on before it is durable, and written later, with all that
// came meanwhile; of a client that moved a hundred times, one report. A crash loses it here, but the neighbour was not told that
// it is durable, and sends it again. What a client is shown is written before that: a report that is read is held back no
// longer. Keeps RP6, RP7, RP11, CU6, CU24, CU25 and SR10.

import { isGreater, isLater, type Report } from "../protocol/report.ts";
import type { HoldingsDigest } from "./holdings-digest.ts";
import type { OfferedReport, ReportStore } from "./report-store.ts";

/** Whom a report came from: the neighbour, and the life that sent it (FL2). */
export interface Source {
  readonly neighbour: string;
  readonly incarnation: string;
}

/** A report on its way to the store, and what became of it. */
export interface Offer {
  readonly report: Report;
  /** Absent when a client of this server sent it. */
  readonly source: Source | undefined;
  /** Whether the guard let it pass. */
  readonly isAccepted: boolean;
  /** What was held of its client before: where it was refused, in its place; else before the turn. */
  readonly before: Report | undefined;
  /** Its number, where the server took it and no later one of its client in the same turn; else 0. */
  seq: number;
  /** Whether nothing more happens to it: it was refused, or is numbered, and durable if it has to be. */
  isSettled: boolean;
  /** Somebody is told in this turn that a report of its client is durable. */
  isDue: boolean;
  /** The store holds nothing of its client. */
  isUnstored: boolean;
}

/** What became of a turn's reports. */
export interface Settlement {
  /** The new ones, in order of their numbers: of each client the newest. */
  readonly accepted: readonly Offer[];
  readonly refused: readonly Offer[];
  /** How many reports were written of clients unknown before. */
  readonly added: number;
}

/** Where changes of what is held are told. */
type Digest = Pick<HoldingsDigest, "take">;

export class PendingReports {
  readonly #store: ReportStore;
  readonly #digest: Digest;
  /** Of each client the newest offer that passed, until it is numbered. */
  readonly #turn = new Map<string, Offer>();
  /** Those that were passed on and are not durable. */
  readonly #unflushed = new Map<string, Offer>();
  /** Clients of whom somebody is told what is held back. */
  readonly #shown = new Set<string>();
  #offers: Offer[] = [];
  #isDue = false;
  #isUrgent = false;

  constructor(store: ReportStore, digest: Digest) {
    this.#store = store;
    this.#digest = digest;
  }

  /** Numbers that the turn needs. */
  get size(): number {
    return this.#turn.size;
  }

  /** Whether something has to be written before it is answered. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Whether it has to be written in this turn. Else it may wait for others. */
  get isUrgent(): boolean {
    return this.#isUrgent;
  }

  /** Reports that were taken and passed on, and are not durable. */
  get unflushedCount(): number {
    return this.#unflushed.size;
  }

  /** How many of them are of clients that the store holds nothing of. */
  get newClientCount(): number {
    return countUnstored(this.#unflushed);
  }

  /** Whether a report of this client is held, or was offered in this turn. */
  isKnown(client: string): boolean {
    return this.#turn.has(client) || this.#readKept(client) !== undefined;
  }

  /**
   * Whether a client's report may be kept, where the store holds `stored` clients and `limit` may be: those known may
   * always. Looks closely only when the limit is near.
   */
  hasRoomFor(client: string, stored: number, limit: number): boolean {
    if (stored + this.#unflushed.size + this.#turn.size < limit || this.isKnown(client)) return true;
    let added = this.newClientCount;
    for (const offer of this.#turn.values()) if (offer.isUnstored && !this.#unflushed.has(offer.report.client)) added++;
    return stored + added < limit;
  }

  /** `isDeferrable`: it may be held back. */
  offer(report: Report, source: Source | undefined, isDeferrable = false): Offer {
    const { client } = report;
    const best = this.#turn.get(client);
    const current = best === undefined ? this.#readKept(client) : best.report;
    const isAccepted = source === undefined ? isLater(report, current) : isGreater(report, current);
    const unflushed = best ?? this.#unflushed.get(client);
    const offer: Offer = {
      report,
      source,
      isAccepted,
      before: isAccepted && best !== undefined ? best.before : current,
      seq: 0,
      isSettled: false,
      isDue: best?.isDue === true,
      isUnstored: unflushed === undefined ? current === undefined : unflushed.isUnstored,
    };
    this.#offers.push(offer);
    if (isAccepted) this.#turn.set(client, offer);
    const isOfFullFrame = source !== undefined && !isDeferrable && isAccepted;
    if (source === undefined || isOfFullFrame) this.#setDue(client, isOfFullFrame);
    return offer;
  }

  /** The newest report of a client, which somebody is about to be shown: it is durable when the turn ends. */
  show(client: string): Report | undefined {
    this.#setDue(client, true);
    return this.#turn.get(client)?.report ?? this.#readKept(client);
  }

  /** Those held back, of each client the newest. */
  get unflushed(): Iterable<Report> {
    return this.#unflushed.values().map(({ report }) => report);
  }

  /** The newest report of a client that was numbered, durable or not. */
  peek(client: string): Report | undefined {
    return this.#readKept(client);
  }

  /**
   * Ends a turn without a commit: numbers what was taken and has not to be durable, from `firstSeq` on. What is due stays, for
   * the commit of a later turn.
   */
  settleUndue(firstSeq: number): Settlement {
    const accepted: Offer[] = [];
    for (const offer of this.#turn.values()) if (!offer.isDue) this.#defer(offer, firstSeq, accepted);
    if (!this.#isDue) this.#turn.clear();
    else for (const { report } of accepted) this.#turn.delete(report.client);
    return { accepted, refused: this.#endTurn(accepted), added: 0 };
  }

  /**
   * Ends the turn: numbers what was taken, from `firstSeq` on, and settles every offer. What is due is written, and with
   * `isAll` everything; if either is so, call it inside the store's `transact`.
   */
  settle(firstSeq: number, isAll: boolean): Settlement {
    const accepted: Offer[] = [];
    if (!isAll) for (const offer of this.#turn.values()) if (!offer.isDue) this.#defer(offer, firstSeq, accepted);
    const written: Offer[] = [];
    for (const offer of this.#turn.values()) {
      if (!isAll && !offer.isDue) continue;
      offer.seq = firstSeq + accepted.length;
      accepted.push(offer);
      written.push(offer);
      // What is written of a client supersedes what was held back of it.
      this.#unflushed.delete(offer.report.client);
    }
    for (const client of isAll ? this.#unflushed.keys() : this.#shown) {
      const offer = this.#unflushed.get(client);
      if (offer !== undefined) written.push(offer);
      this.#unflushed.delete(client);
    }
    if (written.length > 0) this.#store.keep(written.map(rowOf));
    this.#turn.clear();
    this.#shown.clear();
    this.#isDue = false;
    this.#isUrgent = false;
    const added = written.reduce((count, { isUnstored }) => count + (isUnstored ? 1 : 0), 0);
    return { accepted, refused: this.#endTurn(accepted), added };
  }

  /** Numbers it, and holds it back. */
  #defer(offer: Offer, firstSeq: number, accepted: Offer[]): void {
    offer.seq = firstSeq + accepted.length;
    accepted.push(offer);
    this.#unflushed.set(offer.report.client, offer);
  }

  /** Returns the offers that were refused, of those that are settled. */
  #endTurn(accepted: readonly Offer[]): Offer[] {
    for (const { report, before } of accepted) this.#digest.take(report, before);
    const refused: Offer[] = [];
    const waiting: Offer[] = [];
    for (const offer of this.#offers) {
      if (this.#isDue && this.#waits(offer.report.client)) waiting.push(offer);
      else {
        offer.isSettled = true;
        if (!offer.isAccepted) refused.push(offer);
      }
    }
    this.#offers = waiting;
    return refused;
  }

  /** Whether a report of this client has to be durable before anybody is answered about it. */
  #waits(client: string): boolean {
    return this.#turn.has(client) || this.#shown.has(client);
  }

  /** What is held of a client that this turn brought nothing of. */
  #readKept(client: string): Report | undefined {
    return this.#unflushed.get(client)?.report ?? this.#store.read(client);
  }

  /** What this turn knows of the client has to be durable at its end. */
  #setDue(client: string, isUrgent: boolean): void {
    const offer = this.#turn.get(client);
    if (offer !== undefined) offer.isDue = true;
    else if (this.#unflushed.has(client)) this.#shown.add(client);
    else return;
    this.#isDue = true;
    this.#isUrgent ||= isUrgent;
  }
}

function countUnstored(offers: ReadonlyMap<string, Offer>): number {
  let count = 0;
  for (const { isUnstored } of offers.values()) if (isUnstored) count++;
  return count;
}

function rowOf({ seq, report, source }: Offer): OfferedReport {
  return { seq, report, isFlooded: source !== undefined };
}
