// A digest of all that a server holds: servers that hold the same have the same digest.
//
// It is the sum of a number for each report, so the order does not matter, and a report that replaces another one changes it by
// a difference. It is made when somebody asks: one pass over the table, a step at a time, and from there on kept with each
// report that is taken. When nobody has asked for a while it is let go, and costs nothing. It is there to notice what differs, and is no proof against somebody who makes reports for it.
//
// What goes past keeping leaves it without a look at the table: reports that were heard in the same time are summed up on their own.
// Keeps HD60, HD61 and KP5.

import { compareUtf8 } from "../lib/utf8.ts";
import type { Keeping } from "../protocol/keeping.ts";
import { receiveSecondsOf } from "../protocol/receive-time.ts";
import { isForgotten, shownLine, type Report } from "../protocol/report.ts";
import type { ReportStore } from "./report-store.ts";
import { reportsPage } from "./reports-page.ts";

/** Two sums of so many values make the 52 bits of a digest, which a number of JSON and of Prometheus holds exactly. */
const SUM_VALUES = 2 ** 26;

const DIGEST_DIGITS = 13;

/** How long it is kept after it was asked for: longer than whoever watches a herd waits between two looks. */
const KEPT_MILLIS = 120_000;

/** Between two steps, so that a large table takes an eighth of the processor at most. */
const STEP_MILLIS = 20;

/** Reports that go past keeping at about the same time, on every server. */
interface Part {
  high: number;
  low: number;
  reports: number;
}

/** Into so many parts the time of keeping is cut, each a second at least. */
const PARTS = 1000;

const PART_MILLIS_MIN = 1000;

export class HoldingsDigest {
  readonly #keeping: Keeping;
  /** By the time at which they were heard, in `#partMillis` since the epoch of POSIX. */
  readonly #parts = new Map<number, Part>();
  readonly #partMillis: number;
  /** Up to which client the reports are in it; `undefined` if none are, and null if all are. */
  #upTo: string | null | undefined;
  /** By the steady clock. */
  #wantedUntilMillis = 0;
  #nextStepMillis = Infinity;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
    // The same on all servers, however their clocks differ.
    this.#partMillis = Math.max(PART_MILLIS_MIN, Math.ceil(keeping.keepMillis / PARTS));
  }

  /** 13 hexadecimal digits; null until the pass is over. */
  get value(): string | null {
    if (this.#upTo !== null) return null;
    this.#dropPast();
    let [high, low] = [0, 0];
    for (const part of this.#parts.values()) {
      high = sumOf(high, part.high);
      low = sumOf(low, part.low);
    }
    return (high * SUM_VALUES + low).toString(16).padStart(DIGEST_DIGITS, "0");
  }

  /** How many reports are in it, which is clients known; null until the pass is over. */
  get reports(): number | null {
    if (this.#upTo !== null) return null;
    this.#dropPast();
    let reports = 0;
    for (const part of this.#parts.values()) reports += part.reports;
    return reports;
  }

  /** When the next step is due, by the steady clock; Infinity if none is. */
  get nextStepMillis(): number {
    return this.#nextStepMillis;
  }

  /** Somebody wants to know it. */
  ask(steadyMillis: number): void {
    if (this.#upTo === undefined) this.#nextStepMillis = steadyMillis;
    this.#wantedUntilMillis = steadyMillis + KEPT_MILLIS;
  }

  /** Takes a step that is due, over so many reports. Lets all go if nobody wants it. Between the commit of a turn and the next turn. */
  step(store: Pick<ReportStore, "scan">, unflushed: Iterable<Report>, count: number, steadyMillis: number): void {
    if (steadyMillis > this.#wantedUntilMillis) return this.#letGo();
    if (steadyMillis < this.#nextStepMillis) return;
    const { reports, next } = reportsPage(store, unflushed, this.#keeping, this.#upTo ?? "", count);
    for (const line of reports) this.#add(line, 1);
    this.#upTo = next;
    this.#nextStepMillis = next === null ? Infinity : steadyMillis + STEP_MILLIS;
  }

  /** A report was taken, in the place of `previous`, if anything was known of its client before. */
  take(report: Report, previous: Report | undefined): void {
    if (!this.#covers(report.client)) return;
    if (previous !== undefined && !isForgotten(previous)) this.#add(shownLine(previous), -1);
    if (!isForgotten(report)) this.#add(shownLine(report), 1);
  }

  /** Whether this client's report is in it, or would be. */
  #covers(client: string): boolean {
    if (this.#upTo === undefined || this.#upTo === null) return this.#upTo === null;
    return compareUtf8(client, this.#upTo) <= 0;
  }

  #letGo(): void {
    this.#upTo = undefined;
    this.#parts.clear();
    this.#nextStepMillis = Infinity;
  }

  #add(line: string, sign: 1 | -1): void {
    const at = this.#partOf(line);
    if (this.#isPast(at)) return;
    const part = this.#parts.get(at) ?? { high: 0, low: 0, reports: 0 };
    const number = numberOf(line);
    part.high = sumOf(part.high, sign * Math.floor(number / SUM_VALUES));
    part.low = sumOf(part.low, sign * (number % SUM_VALUES));
    part.reports += sign;
    this.#parts.set(at, part);
  }

  #partOf(line: string): number {
    if (this.#keeping.keepMillis === Infinity) return 0;
    return Math.floor((receiveSecondsOf(line) * 1000) / this.#partMillis);
  }

  /** Whether all reports of the part are past keeping. */
  #isPast(at: number): boolean {
    return (at + 1) * this.#partMillis + this.#keeping.keepMillis <= this.#keeping.nowMillis;
  }

  #dropPast(): void {
    for (const at of this.#parts.keys()) if (this.#isPast(at)) this.#parts.delete(at);
  }
}

/** The number of an AT line, of 52 bits: two multiplicative hashes, as FNV-1a is, with other constants and a last mixing. */
function numberOf(line: string): number {
  let [one, other] = [0x2545f491, 0x1b873593];
  for (let index = 0; index < line.length; index++) {
    const code = line.charCodeAt(index);
    one = Math.imul(one ^ code, 0x9e3779b1);
    other = Math.imul(other ^ code, 0x85ebca77);
  }
  return mixed(one) * SUM_VALUES + mixed(other ^ (one >>> 16));
}

function sumOf(sum: number, value: number): number {
  return (sum + value + SUM_VALUES) % SUM_VALUES;
}

/** All bits of a hash depend on all others afterwards. At least 0, less than `SUM_VALUES`. */
function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae3d);
  return ((half ^ (half >>> 15)) >>> 0) % SUM_VALUES;
}
