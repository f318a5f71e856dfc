// What the store says of the server itself: the numbering, and how much there is. One row, written as seldom as it can be.
//
// `highest` in that row may be too high, but never too low: in a flow of reports it is written once as the ceiling, which
// no number is above, and exactly when the flow has stopped. A life that ends before that makes the next one serve its
// neighbours by a scan. Keeps CU1.

import type { HerdConfig } from "../config/herd-config.ts";
import { randomName } from "../lib/random-name.ts";
import type { ReportStore, StoreHead } from "./report-store.ts";

export class Sequencer {
  readonly #store: ReportStore;
  readonly #peers: HerdConfig["peers"];
  readonly #random: () => number;
  #current: StoreHead;
  #issuedSeq: number;
  #isChanged = false;
  /** The store does not know of this start yet. */
  #isNew = true;
  /** What the store says that no row's number is above. */
  #storedLastSeq: number;
  /** When reports last made the row wrong. */
  #writtenMillis = 0;
  /** When a report was last taken, by the steady clock. */
  #takenMillis = 0;

  /** Begins a life. Nothing is written: the first commit has its start (ST1). `random` is at least 0 and less than 1. */
  constructor(store: ReportStore, peers: HerdConfig["peers"], random: () => number) {
    this.#store = store;
    this.#peers = peers;
    this.#random = random;
    const { starts, ...stored } = store.readHead() ?? {
      epoch: randomName(random),
      reservedSeq: 0,
      lastSeq: 0,
      clients: 0,
      starts: 0,
    };
    this.#current = { ...stored, starts: starts + 1 };
    this.#issuedSeq = this.#current.reservedSeq;
    this.#storedLastSeq = this.#current.lastSeq;
  }

  /** As of this turn: `highest` is the number of the last report taken, be it durable or not (CU6). */
  get current(): StoreHead {
    return this.#current;
  }

  /** The last number given, to a report or, at the start, to the block before. */
  get issuedSeq(): number {
    return this.#issuedSeq;
  }

  /** When the row is to be made exact; Infinity if it is. By the steady clock. */
  get exactAtMillis(): number {
    const isExact = this.#storedLastSeq <= this.#current.lastSeq;
    return isExact ? Infinity : this.#takenMillis + this.#peers.idleSeconds * 1000;
  }

  /** Whether so many more numbers are reserved. */
  hasNumbersFor(reports: number): boolean {
    return this.#issuedSeq + reports <= this.#current.reservedSeq;
  }

  /** Whether the row has to be written, be there anything else to write or not. */
  isDue(steadyMillis: number): boolean {
    return this.#isChanged || this.exactAtMillis <= steadyMillis;
  }

  /** Has the next commit write the row, and makes one due. */
  askWrite(): void {
    this.#isChanged = true;
  }

  beginEpoch(): void {
    this.#change({ epoch: randomName(this.#random) });
  }

  addClients(added: number): void {
    if (added > 0) this.#change({ clients: this.#current.clients + added });
  }

  /** Reports were taken, and given the numbers up to this one. */
  take(seq: number, steadyMillis: number): void {
    this.#issuedSeq = seq;
    if (seq > this.#current.reservedSeq) this.#change({ reservedSeq: seq + this.#peers.seqBlock });
    this.#current = { ...this.#current, lastSeq: seq };
    this.#takenMillis = steadyMillis;
  }

  /** Writes the row if the commit would else make it wrong, or it is due. Call it inside the store's `transact`. */
  keep(steadyMillis: number): void {
    const { reservedSeq, lastSeq } = this.#current;
    const isTooLow = lastSeq > this.#storedLastSeq;
    if (!isTooLow && !this.#isNew && !this.isDue(steadyMillis)) return;
    const isFlow = isTooLow && steadyMillis < this.#writtenMillis + this.#peers.idleSeconds * 1000;
    const isKept = !isTooLow && this.exactAtMillis > steadyMillis;
    this.#storedLastSeq = isFlow ? reservedSeq : isKept ? this.#storedLastSeq : lastSeq;
    this.#store.writeHead({ ...this.#current, lastSeq: this.#storedLastSeq });
    this.#isChanged = false;
    this.#isNew = false;
    if (isTooLow) this.#writtenMillis = steadyMillis;
  }

  #change(changes: Partial<StoreHead>): void {
    this.#current = { ...this.#current, ...changes };
    this.#isChanged = true;
  }
}
