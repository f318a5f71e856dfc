// What one neighbour still lacks, read a frame at a time.
//
// Numbers move in one direction: `read` is the number up to which everything was looked at, and `told` the one up to which
// the neighbour was told so. From there the recent log goes on in order. Where the log does not reach back that far, one
// scan of the table comes first, a step at a time, in client order: a part of it covers no range of numbers, so its frames
// repeat the cursor and only the last one moves it.
//
// Recent reports share frames: after a frame that had all there were, the next ones wait a moment for others. So a report
// after a pause leaves at once, and a busy herd does not send a message for each.
//
// What came from the neighbour itself stays out. Where nothing else is left to send, a frame without lines would only move
// its cursor: that can wait, and mostly goes along with the next lines. Keeps FL2, FL8, FL9, CU3, CU18, CU32
// and KP2.

import type { BacklogPorts } from "./feed-ports.ts";
import type { Frame } from "../protocol/frame.ts";
import type { Report } from "../protocol/report.ts";
import { Debounce } from "../lib/debounce.ts";

/**
 * The part of `writeBehindQuietSeconds` after which a frame without lines leaves: the neighbour, which has held back other reports
 * as long, then takes it into the same commit.
 */
const UNTOLD_PART = 3 / 4;

interface Scan {
  /** The highest number when the scan began: what is numbered above comes from the recent log afterwards. */
  readonly upTo: number;
  afterClient: string | undefined;
}

/** As what a neighbour takes a report; `undefined` where it cannot be told of it. */
type LineOf = (report: Report) => string | undefined;

export class Backlog {
  readonly #ports: BacklogPorts;
  readonly #neighbour: string;
  /** The neighbour's life that answered our dial. */
  readonly #incarnation: string;
  readonly #lineOf: LineOf;
  #read: number;
  #told: number;
  /** When something was left out that the neighbour was not told of. */
  readonly #untold = new Debounce();
  #scan: Scan | undefined;
  /** Until when the next recent reports wait for others, by the steady clock. */
  #pauseEndsMillis = 0;

  /** `cursor`: what the neighbour said that it holds. `lineOf`: as what it takes a report. */
  constructor(ports: BacklogPorts, neighbour: string, incarnation: string, cursor: number, lineOf: LineOf) {
    this.#ports = ports;
    this.#neighbour = neighbour;
    this.#incarnation = incarnation;
    this.#lineOf = lineOf;
    this.#read = cursor;
    this.#told = cursor;
  }

  /** The number up to which the neighbour has everything, once it has all frames that were made. */
  get read(): number {
    return this.#scan === undefined ? this.#read : this.#told;
  }

  /** Whether a scan is under way, of which a turn reads one step only, so that a long one delays nobody. */
  get isScanning(): boolean {
    return this.#scan !== undefined;
  }

  /** When a frame is due although nothing was heard; Infinity if none is. By the steady clock. */
  get frameMillis(): number {
    return this.#isPausing ? this.#pauseEndsMillis : this.#emptyFrameMillis;
  }

  /** What waits for others goes with the next frame. */
  endPause(): void {
    this.#pauseEndsMillis = 0;
  }

  /** When a frame without lines is due; Infinity if none is. By the steady clock. */
  get #emptyFrameMillis(): number {
    const { writeBehindSeconds, writeBehindQuietSeconds } = this.#ports.peers;
    return this.#untold.dueMillis(writeBehindSeconds, writeBehindQuietSeconds * UNTOLD_PART);
  }

  /** Whether there are recent reports, and they wait for others. */
  get #isPausing(): boolean {
    const { numbering, peers, turn } = this.#ports;
    const waiting = numbering.current.lastSeq - this.#read;
    return waiting > 0 && waiting < peers.frameReports && turn.steadyMillis < this.#pauseEndsMillis;
  }

  /** The next frame, or `undefined`: nothing is lacking, or a step of the scan found nothing to send. */
  next(): Frame | undefined {
    if (this.#scan !== undefined) return this.#nextStep(this.#scan);
    const { numbering, recent, table } = this.#ports;
    const head = numbering.current;
    while (this.#read < head.lastSeq) {
      if (this.#read < recent.floor) {
        if (table.isComplete) return this.#nextStep(this.#beginScan(head.lastSeq));
        // A scan would miss what is not flushed yet.
        table.complete();
        return undefined;
      }
      if (this.#isPausing) return undefined;
      const lines = this.#readRecent();
      if (lines.length > 0) return this.#frame(lines, this.#read);
      this.#untold.begin(this.#ports.turn.steadyMillis);
    }
    return this.#emptyFrameMillis <= this.#ports.turn.steadyMillis ? this.#frame([], this.#read) : undefined;
  }

  #readRecent(): string[] {
    const { numbering, recent, peers, turn } = this.#ports;
    const found = recent.after(this.#read, peers.frameReports);
    const last = found.length < peers.frameReports ? undefined : found.at(-1);
    this.#read = last?.seq ?? numbering.current.lastSeq;
    // What came from the neighbour stays out, unless it came from a life of it that may have died before its commit.
    const lines = this.#linesOf(
      found.filter(({ source }) => source?.neighbour !== this.#neighbour || source.incarnation !== this.#incarnation),
    );
    if (lines.length > 0 && last === undefined) this.#pauseEndsMillis = turn.steadyMillis + peers.frameMillis;
    return lines;
  }

  #beginScan(upTo: number): Scan {
    const scan = { upTo, afterClient: undefined };
    this.#scan = scan;
    this.#ports.turn.log({ event: "scan begun", to: this.#neighbour, above: this.#read, upTo });
    return scan;
  }

  #nextStep(scan: Scan): Frame | undefined {
    const { rows, isLast } = this.#ports.table.scan(scan.afterClient, this.#ports.peers.scanReports);
    scan.afterClient = rows.at(-1)?.report.client ?? scan.afterClient;
    const lines = this.#linesOf(rows.filter(({ seq }) => seq > this.#read && seq <= scan.upTo));
    if (!isLast) return lines.length === 0 ? undefined : this.#frame(lines, this.#told);
    this.#scan = undefined;
    this.#read = scan.upTo;
    this.#ports.turn.log({ event: "scan ended", to: this.#neighbour, upTo: scan.upTo });
    return this.#frame(lines, scan.upTo);
  }

  #linesOf(found: readonly { readonly report: Report }[]): string[] {
    const known = found.map(({ report }) => this.#ports.keeping.of(report)).filter((report) => report !== undefined);
    return known.map((report) => this.#lineOf(report)).filter((line) => line !== undefined);
  }

  #frame(lines: readonly string[], to: number): Frame {
    const frame = { lines, epoch: this.#ports.numbering.current.epoch, from: this.#told, to };
    this.#told = to;
    this.#untold.end();
    return frame;
  }
}
