// The reports between being heard and being durable.
//
// Reports of many messages and connections share one commit, and reads see them before it. The guard judges each as it is offered,
// against what is then held of its client, written or not.
//
// A neighbour's report may be *held back*: it is numbered and passed on before it is durable, and written later, with all that
// came meanwhile; of a client that moved a hundred times, one report. A crash loses it here, but the neighbour was not told that
// it is durable, and sends it again. What a client is shown is written before that: a report that is read is held back no
// longer. What is past keeping counts for nothing. Keeps KP1, KP3, RP6, RP7, RP11, RP15, CU6, CU24, CU25 and SR10.

import { joined } from "../protocol/forgetting.ts";
import type { Keeping } from "../protocol/keeping.ts";
import { clientOf, isForgotten, isLater, type Report } from "../protocol/report.ts";
import type { HoldingsDigest } from "./holdings-digest.ts";
import type { Held, Offer, PendingClient, Source } from "./held.ts";
import type { OfferedReport, ReportStore } from "./report-store.ts";

/** What became of a turn's reports. */
export interface Settlement {
  /** The new ones, in order of their numbers: of each client the newest. */
  readonly accepted: readonly Offer[];
  readonly refused: readonly Offer[];
  /** What is written, of this turn and of earlier ones. */
  readonly written: readonly OfferedReport[];
  /** How many clients more, or fewer, are known in that. */
  readonly added: number;
}

/** Where changes of what is held are told. */
type Digest = Pick<HoldingsDigest, "take">;

export class PendingReports {
  readonly #store: ReportStore;
  readonly #digest: Digest;
  readonly #keeping: Keeping;
  /** Those of whom something was passed on that is not durable. */
  readonly #heldBack = new Set<PendingClient>();
  /** Those with offers that are not numbered, in the order of these. */
  #turn: PendingClient[] = [];
  /** Of whom only what is held back is due. */
  #shown: PendingClient[] = [];
  #offers: Offer[] = [];
  #isDue = false;
  #isUrgent = false;

  constructor(store: ReportStore, digest: Digest, keeping: Keeping) {
    this.#store = store;
    this.#digest = digest;
    this.#keeping = keeping;
  }

  /** Numbers that the turn needs. */
  get size(): number {
    return this.#turn.length;
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
    return this.#heldBack.size;
  }

  /** How many clients more are known with them than the store holds reports of. */
  get newClientCount(): number {
    let count = 0;
    for (const { held, unflushed } of this.#heldBack) count += addedBy(unflushed, held);
    return count;
  }

  /** Whether a report of this client is held, or was offered in this turn: be it past keeping, it has its room. */
  isKnown(client: string): boolean {
    return isKnown(newestOf(this.#store.find(client)));
  }

  /**
   * Whether a client's report may be kept, where the store holds `stored` clients and `limit` may be: those known may
   * always. Looks closely only when the limit is near.
   */
  hasRoomFor(client: string, stored: number, limit: number): boolean {
    if (stored + this.#heldBack.size + this.#turn.length < limit || this.isKnown(client)) return true;
    let added = this.newClientCount;
    for (const { held, unflushed, inTurn } of this.#turn) added += addedBy(inTurn, held) - addedBy(unflushed, held);
    return stored + added < limit;
  }

  /** `isDeferrable`: it may be held back. */
  offer(report: Report, source: Source | undefined, isDeferrable = false): Offer {
    return this.#judge(report, this.#store.find(report.client), source, isDeferrable);
  }

  /** What `make` makes, of what is held of that client: a client of this server says it. */
  offerOf(client: string, make: (newest: Report | undefined) => Report): Offer {
    const held = this.#store.find(client);
    return this.#judge(make(this.#current(held)), held, undefined, false);
  }

  #judge(said: Report, held: Held, source: Source | undefined, isDeferrable: boolean): Offer {
    const { pending } = held;
    const best = pending?.inTurn;
    const newest = newestOf(held);
    const current = newest && this.#keeping.beside(newest, said);
    const next = source === undefined ? laterOf(said, current) : joined(said, current);
    const isAccepted = next !== undefined;
    const offer: Offer = {
      report: next ?? said,
      held,
      source,
      isAsSent: next === undefined || next === said,
      isAccepted,
      before: isAccepted && best !== undefined ? best.before : current,
      lapsed: best === undefined ? lapsedOf(newest, current) : best.lapsed,
      isAnew: newest !== current || (best ?? pending?.unflushed)?.isAnew === true,
      seq: 0,
      isSettled: false,
    };
    this.#offers.push(offer);
    const taken = isAccepted ? this.#take(offer, held) : pending;
    const isOfFullFrame = source !== undefined && !isDeferrable && isAccepted;
    if (taken !== undefined && (source === undefined || isOfFullFrame)) this.#setDue(taken, isOfFullFrame);
    return offer;
  }

  /** The newest report of a client, which somebody is about to be shown: it is durable when the turn ends. */
  show(client: string): Report | undefined {
    const held = this.#store.find(client);
    if (held.pending !== undefined) this.#setDue(held.pending, true);
    return knownOf(this.#current(held));
  }

  /** Those held back, of each client the newest. */
  get unflushed(): Iterable<Report> {
    return unflushedOf(this.#heldBack);
  }

  /** The newest report of a client that was numbered, durable or not. */
  peek(client: string): Report | undefined {
    const { pending, report } = this.#store.find(client);
    const numbered = pending?.unflushed?.report ?? report;
    return knownOf(numbered && this.#keeping.of(numbered));
  }

  /** Whether anything is held of a client that came after this report, which was erased. */
  hasNewer({ client, forgotKey }: Report): boolean {
    const newest = newestOf(this.#store.find(client));
    return newest !== undefined && !(isForgotten(newest) && newest.forgotKey === forgotKey);
  }

  /** The newest report of a client, numbered or not, if it is this very line. */
  heldAs(line: string): Report | undefined {
    const report = newestOf(this.#store.find(clientOf(line)));
    return report?.line === line ? report : undefined;
  }

  /**
   * Ends a turn without a commit: numbers what was taken and has not to be durable, from `firstSeq` on. What is due stays, for
   * the commit of a later turn.
   */
  settleUndue(firstSeq: number): Settlement {
    const accepted: Offer[] = [];
    this.#deferUndue(firstSeq, accepted);
    this.#turn = this.#isDue ? this.#turn.filter(({ inTurn }) => inTurn !== undefined) : [];
    return { accepted, refused: this.#endTurn(accepted), written: [], added: 0 };
  }

  /**
   * Ends the turn: numbers what was taken, from `firstSeq` on, and settles every offer. What is due is written, and with
   * `isAll` everything; if either is so, call it inside the store's `transact`.
   */
  settle(firstSeq: number, isAll: boolean): Settlement {
    const accepted: Offer[] = [];
    if (!isAll) this.#deferUndue(firstSeq, accepted);
    const written: OfferedReport[] = [];
    let added = 0;
    const write = (offer: Offer, { held }: PendingClient) => {
      const isAcrossForget = offer.report.forgotKey !== (held.report?.forgotKey ?? "");
      const isFlooded = offer.source !== undefined;
      written.push({ seq: offer.seq, report: offer.report, held, isAnew: offer.isAnew, isAcrossForget, isFlooded });
      added += addedBy(offer, held);
    };
    for (const pending of this.#turn) {
      const { inTurn } = pending;
      if (inTurn === undefined) continue;
      inTurn.seq = firstSeq + accepted.length;
      accepted.push(inTurn);
      write(inTurn, pending);
      // What is written of a client supersedes what was held back of it.
      this.#forget(pending);
    }
    for (const pending of isAll ? this.#heldBack : this.#shown) {
      if (pending.unflushed === undefined) continue;
      write(pending.unflushed, pending);
      this.#forget(pending);
    }
    if (written.length > 0) this.#store.keep(written);
    this.#turn = [];
    this.#shown = [];
    this.#isDue = false;
    this.#isUrgent = false;
    return { accepted, refused: this.#endTurn(accepted), written, added };
  }

  /** What counts of what is held of a client. */
  #current(held: Held): Report | undefined {
    const newest = newestOf(held);
    return newest && this.#keeping.of(newest);
  }

  /** Keeps in memory an offer that passed. */
  #take(offer: Offer, held: Held): PendingClient {
    const pending = (held.pending ??= { held, inTurn: undefined, unflushed: undefined, isDue: false });
    if (pending.inTurn === undefined) this.#turn.push(pending);
    pending.inTurn = offer;
    return pending;
  }

  /** Numbers what has not to be durable, and holds it back. */
  #deferUndue(firstSeq: number, accepted: Offer[]): void {
    for (const pending of this.#turn) {
      const { inTurn: offer } = pending;
      if (pending.isDue || offer === undefined) continue;
      offer.seq = firstSeq + accepted.length;
      accepted.push(offer);
      if (pending.unflushed === undefined) this.#heldBack.add(pending);
      pending.unflushed = offer;
      pending.inTurn = undefined;
    }
  }

  /** Nothing of it is left that is not written. */
  #forget(pending: PendingClient): void {
    if (pending.unflushed !== undefined) this.#heldBack.delete(pending);
    pending.unflushed = undefined;
    pending.held.pending = undefined;
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
    return this.#store.find(client).pending?.isDue === true;
  }

  /** What this turn knows of the client has to be durable at its end. */
  #setDue(pending: PendingClient, isUrgent: boolean): void {
    if (!pending.isDue && pending.inTurn === undefined) this.#shown.push(pending);
    pending.isDue = true;
    this.#isDue = true;
    this.#isUrgent ||= isUrgent;
  }
}

function* unflushedOf(clients: Iterable<PendingClient>): Generator<Report, void> {
  for (const { unflushed } of clients) if (unflushed !== undefined) yield unflushed.report;
}

/** The newest report of a client, numbered or not, durable or not. */
function newestOf({ pending, report }: Held): Report | undefined {
  return (pending?.inTurn ?? pending?.unflushed)?.report ?? report;
}

/** `undefined` of a client that was forgotten, too. */
function knownOf(report: Report | undefined): Report | undefined {
  return isKnown(report) ? report : undefined;
}

function isKnown(report: Report | undefined): boolean {
  return report !== undefined && !isForgotten(report);
}

/** The report among them that counts no more. */
function lapsedOf(newest: Report | undefined, current: Report | undefined): Report | undefined {
  return newest === current || newest === undefined || isForgotten(newest) ? undefined : newest;
}

/** How many clients more, or fewer, the store holds reports of once it has this offer. */
function addedBy(offer: Offer | undefined, { report }: Held): number {
  if (offer === undefined) return 0;
  return Number(isKnown(offer.report)) - Number(isKnown(report));
}

function laterOf(report: Report, current: Report | undefined): Report | undefined {
  return isLater(report, current) ? report : undefined;
}
