// The reports between being heard and being durable.
//
// Reports of many messages and connections share one commit, and reads see them before it. A client's only report of the
// turn goes to the store undecided, where the guard judges it inside the statement, so the common case reads nothing.
// A second one of the same client makes the first be judged here, against the stored one.
//
// A neighbour's report may be *held back*: judged at once, by a read, so that it can be numbered and passed on before
// it is durable, and written later, with all that came meanwhile; of a client that moved a hundred times, one row.
// A crash loses it here, but the neighbour was not told that it is durable, and sends it again. What a client is shown is
// written before that: a report that is read is held back no longer. Keeps RP6, RP7, RP11, CU6, CU24 and CU25.

import { isGreater, isLater, type Report } from "../protocol/report.ts";
import type { HoldingsDigest } from "./holdings-digest.ts";
import type { NumberedReport, OfferedReport, ReportStore } from "./report-store.ts";

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
  /** `undefined` until the guard has judged. */
  isAccepted: boolean | undefined;
  /** What was held instead, where this offer was refused and a client waits to hear. */
  current: Report | undefined;
  /** Whether that is final: it was refused, or is numbered, and durable if it has to be. */
  isSettled: boolean;
  /** Whether the store has taken it, and the server held nothing of its client before, written or not. */
  isNew: boolean;
}

/** What one client's reports of this turn came to. */
interface Pending {
  /** The newest offer not refused: undecided or accepted. */
  best: Offer | undefined;
  /** What this client's reads see; `undefined` while `best` is undecided. */
  current: Report | undefined;
  /** Somebody is told in this turn that a report of this client is durable. */
  isDue: boolean;
  /** What was held before the turn; `undefined` if nothing was, or `best` is undecided. */
  previous: Report | undefined;
}

/** A report that was passed on and is not durable. */
interface UnflushedReport extends NumberedReport {
  /** The store holds nothing of its client. */
  readonly isNew: boolean;
}

/** An offer that the server took, with its number. */
export interface Accepted {
  readonly seq: number;
  readonly offer: Offer;
}

/** What became of a turn's reports. */
export interface Settlement {
  /** The new ones, in order of their numbers: of each client the newest. */
  readonly accepted: readonly Accepted[];
  readonly refused: readonly Offer[];
  /** How many rows were written of clients unknown before. */
  readonly added: number;
}

/** Where changes of what is held are told. */
type Digest = Pick<HoldingsDigest, "needsPrevious" | "take">;

export class PendingReports {
  readonly #store: ReportStore;
  readonly #digest: Digest;
  readonly #turn = new Map<string, Pending>();
  readonly #unflushed = new Map<string, UnflushedReport>();
  /** Clients that this turn's reads found nothing of. */
  readonly #unknown = new Set<string>();
  /** Those held back that are so no longer. */
  readonly #shown = new Set<string>();
  #offers: Offer[] = [];
  #isDue = false;
  #isUrgent = false;
  /** Of this turn's offers, those looked at for new clients, and the new ones found: only near the limit of clients. */
  #offersLookedAt = 0;
  readonly #newInTurn = new Set<string>();

  constructor(store: ReportStore, digest: Digest) {
    this.#store = store;
    this.#digest = digest;
  }

  /** Numbers that the turn may need at most: refused reports count until they are judged. */
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
    return this.#unflushed.values().reduce((count, { isNew }) => count + (isNew ? 1 : 0), 0);
  }

  /** Whether a report of this client is held, or was offered in this turn. */
  isKnown(client: string): boolean {
    return this.#turn.has(client) || this.#unflushed.has(client) || this.#store.read(client) !== undefined;
  }

  /**
   * Whether a client's report may be kept, where the store holds `stored` clients and `limit` may be: those known may
   * always. Asks the store only when the limit is near.
   */
  hasRoomFor(client: string, stored: number, limit: number): boolean {
    if (stored + this.#unflushed.size + this.#turn.size < limit) return true;
    if (this.isKnown(client)) return true;
    for (const { report } of this.#offers.slice(this.#offersLookedAt))
      if (!this.#unflushed.has(report.client) && this.#store.read(report.client) === undefined)
        this.#newInTurn.add(report.client);
    this.#offersLookedAt = this.#offers.length;
    return stored + this.newClientCount + this.#newInTurn.size < limit;
  }

  /** `mayWait`: it is judged at once, and may be held back. */
  offer(report: Report, source: Source | undefined, isDeferrable = false): Offer {
    const offer: Offer = { report, source, isAccepted: undefined, current: undefined, isSettled: false, isNew: false };
    this.#offers.push(offer);
    const pending = this.#turn.get(report.client);
    if (pending !== undefined) this.#judge(offer, this.#decide(pending), pending);
    else if (isDeferrable || this.#unflushed.has(report.client) || this.#digest.needsPrevious(report.client))
      this.#judge(offer, this.#readKept(report.client));
    else this.#turn.set(report.client, { best: offer, current: undefined, isDue: false, previous: undefined });
    const isOfFullFrame = source !== undefined && !isDeferrable && offer.isAccepted !== false;
    if (source === undefined || isOfFullFrame) this.#setDue(report.client, isOfFullFrame);
    return offer;
  }

  /** The newest report of a client, which somebody is about to be shown: it is durable when the turn ends. */
  show(client: string): Report | undefined {
    this.#setDue(client, true);
    const pending = this.#turn.get(client);
    return pending === undefined ? this.#readKept(client) : this.#decide(pending);
  }

  /** Those held back, of each client the newest. */
  get unflushed(): Iterable<Report> {
    return this.#unflushed.values().map(({ report }) => report);
  }

  /** The newest report of a client, durable or not. Only between the end of one turn's reports and the next one's. */
  peek(client: string): Report | undefined {
    return this.#unflushed.get(client)?.report ?? this.#store.read(client);
  }

  /**
   * Ends a turn without a commit: numbers what was taken and has not to be durable, from `firstSeq` on. What is due stays, for
   * the commit of a later turn.
   */
  settleUndue(firstSeq: number): Settlement {
    const settled = [...this.#turn.values()].filter(({ isDue }) => !isDue);
    const accepted = this.#deferAll(settled, firstSeq);
    for (const { best } of settled) if (best !== undefined) this.#turn.delete(best.report.client);
    for (const [client, { best, isDue }] of this.#turn) if (best === undefined && !isDue) this.#turn.delete(client);
    return { accepted, refused: this.#endTurn(settled), added: 0 };
  }

  /**
   * Ends the turn: numbers what was taken, from `firstSeq` on, and settles every offer. What is due is written, and with
   * `isAll` everything; if either is so, call it inside the store's `transact`.
   */
  settle(firstSeq: number, isAll: boolean): Settlement {
    const settled = [...this.#turn.values()];
    // The digest may have come to a client since its report was offered.
    for (const pending of settled) {
      const client = pending.best?.report.client;
      if (client !== undefined && this.#digest.needsPrevious(client)) pending.previous ??= this.#readKept(client);
    }
    const undue = isAll ? [] : settled.filter(({ isDue }) => !isDue);
    const waiting = this.#deferAll(undue, firstSeq);
    const due = settled.flatMap(({ best, isDue }) => (best !== undefined && (isDue || isAll) ? [best] : []));
    const numbered = due.map((offer, index) => ({ seq: firstSeq + waiting.length + index, offer }));
    for (const offer of due) offer.isNew = !this.#unflushed.has(offer.report.client);
    const { kept, added } = this.#write(numbered, isAll);
    for (const { seq, offer } of numbered) {
      offer.isAccepted = kept.has(seq);
      offer.isNew &&= added.has(seq);
      if (!offer.isAccepted && offer.source === undefined) offer.current = this.#store.read(offer.report.client);
    }
    const accepted = [...waiting, ...numbered.filter(({ offer }) => offer.isAccepted)];
    this.#turn.clear();
    this.#isDue = false;
    this.#isUrgent = false;
    return { accepted, refused: this.#endTurn(settled), added: added.size };
  }

  /** Numbers these, and holds them back. */
  #deferAll(settled: readonly Pending[], firstSeq: number): Accepted[] {
    const bests = settled.flatMap(({ best }) => best ?? []);
    const accepted = bests.map((offer, index) => ({ seq: firstSeq + index, offer }));
    for (const { seq, offer } of accepted) this.#defer(seq, offer.report);
    return accepted;
  }

  /** These are settled. Returns the offers that were refused. */
  #endTurn(settled: readonly Pending[]): Offer[] {
    for (const { best, previous } of settled) if (best?.isAccepted === true) this.#digest.take(best.report, previous);
    const offers = this.#offers;
    // What is held back, and refused an offer, is durable before that is said.
    const waits = ({ report: { client } }: Offer) => this.#turn.has(client) || this.#shown.has(client);
    this.#offers = offers.filter(waits);
    const ended = offers.filter((offer) => !waits(offer));
    for (const offer of ended) offer.isSettled = true;
    this.#unknown.clear();
    this.#offersLookedAt = 0;
    this.#newInTurn.clear();
    return ended.filter(({ isAccepted }) => isAccepted === false);
  }

  #defer(seq: number, report: Report): void {
    const isNew = this.#unflushed.get(report.client)?.isNew ?? this.#unknown.has(report.client);
    this.#unflushed.set(report.client, { seq, report, isNew });
  }

  #write(numbered: readonly Accepted[], isAll: boolean): { kept: ReadonlySet<number>; added: ReadonlySet<number> } {
    // What is written of a client supersedes what was held back of it.
    for (const { offer } of numbered) this.#unflushed.delete(offer.report.client);
    const batch: OfferedReport[] = numbered.map(({ seq, offer }) => ({
      seq,
      report: offer.report,
      isFlooded: offer.source !== undefined,
    }));
    for (const client of isAll ? this.#unflushed.keys() : this.#shown) {
      const report = this.#unflushed.get(client);
      // Only a neighbour's report was put off.
      if (report !== undefined) batch.push({ ...report, isFlooded: true });
      this.#unflushed.delete(client);
    }
    this.#shown.clear();
    return batch.length === 0 ? { kept: new Set(), added: new Set() } : this.#store.keep(batch);
  }

  /** What is held of a client that this turn brought nothing of. */
  #readKept(client: string): Report | undefined {
    const kept = this.#unflushed.get(client)?.report ?? this.#store.read(client);
    if (kept === undefined) this.#unknown.add(client);
    return kept;
  }

  /** What this turn knows of the client has to be durable at its end. */
  #setDue(client: string, isUrgent: boolean): void {
    const pending = this.#turn.get(client);
    if (pending !== undefined) pending.isDue = true;
    else if (this.#unflushed.has(client)) this.#shown.add(client);
    else return;
    this.#isDue = true;
    this.#isUrgent ||= isUrgent;
  }

  #judge(offer: Offer, current: Report | undefined, pending?: Pending): void {
    const { report } = offer;
    offer.isAccepted = passesGuard(offer, current);
    if (!offer.isAccepted) offer.current = current;
    else if (pending === undefined)
      this.#turn.set(report.client, { best: offer, current: report, isDue: false, previous: current });
    else {
      pending.best = offer;
      pending.current = report;
    }
  }

  /** Judges an offer that the store would else have judged; answers with what is then held. */
  #decide(pending: Pending): Report {
    if (pending.current !== undefined) return pending.current;
    const { best } = pending;
    if (best === undefined) throw new Error("Cannot read a pending client that has neither a report nor an offer");
    const stored = this.#store.read(best.report.client);
    best.isAccepted = passesGuard(best, stored);
    if (best.isAccepted || stored === undefined) {
      pending.current = best.report;
    } else {
      best.current = stored;
      pending.best = undefined;
      pending.current = stored;
    }
    return pending.current;
  }
}

function passesGuard({ report, source }: Offer, current: Report | undefined): boolean {
  return source === undefined ? isLater(report, current) : isGreater(report, current);
}
