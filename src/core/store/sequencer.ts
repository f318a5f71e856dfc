// What the store says of the server itself: the numbering, and how much there is. It goes with each commit. Keeps CU1 and CU7.

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
  /** What the store says that no durable report's number is above. */
  #storedLastSeq: number;

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
      alarmSeq: 0,
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

  /** Whether so many more numbers are reserved. */
  hasNumbersFor(reports: number): boolean {
    return this.#issuedSeq + reports <= this.#current.reservedSeq;
  }

  /** Whether it has to be written, be there anything else to write or not. */
  get isDue(): boolean {
    return this.#isChanged;
  }

  /** Has the next commit write it, and makes one due. */
  askWrite(): void {
    this.#isChanged = true;
  }

  /** Whether no report was taken since the alarm last rang. */
  get isQuietSinceAlarm(): boolean {
    return this.#current.alarmSeq === this.#current.lastSeq;
  }

  /** The alarm rang. */
  noteAlarm(): void {
    this.#change({ alarmSeq: this.#current.lastSeq });
  }

  beginEpoch(): void {
    this.#change({ epoch: randomName(this.#random) });
  }

  addClients(added: number): void {
    if (added !== 0) this.#change({ clients: this.#current.clients + added });
  }

  /** So many clients fewer are held, as the store says already. */
  noteErased(clients: number): void {
    this.#current = { ...this.#current, clients: this.#current.clients - clients };
  }

  /** Reports were taken, and given the numbers up to this one. */
  take(seq: number): void {
    this.#issuedSeq = seq;
    if (seq > this.#current.reservedSeq) this.#change({ reservedSeq: seq + this.#peers.seqBlock });
    this.#current = { ...this.#current, lastSeq: seq };
  }

  /** Writes it if the commit would else make it wrong, or it is due. Call it inside the store's `transact`. */
  keep(): void {
    const isTooLow = this.#current.lastSeq > this.#storedLastSeq;
    if (!isTooLow && !this.#isNew && !this.#isChanged) return;
    this.#store.writeHead(this.#current);
    this.#storedLastSeq = this.#current.lastSeq;
    this.#isChanged = false;
    this.#isNew = false;
  }

  #change(changes: Partial<StoreHead>): void {
    this.#current = { ...this.#current, ...changes };
    this.#isChanged = true;
  }
}
