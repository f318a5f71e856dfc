// What one neighbour still lacks, read a frame at a time.
//
// Numbers move in one direction: `sent` is the number up to which everything is on its way. From there the recent log goes
// on in order. Where the log does not reach back that far, one scan of the table comes first, a step at a time, in client
// order: a part of it covers no range of numbers, so its frames repeat the cursor and only the last one moves it.
// Keeps FL2, CU3 and CU6.

import type { FeedHost } from "./feed-host.ts";
import type { Frame } from "./frame.ts";

interface Scan {
  /** The highest number when the scan began: what is numbered above comes from the recent log afterwards. */
  readonly upTo: number;
  afterClient: string | undefined;
}

export class Backlog {
  readonly #host: FeedHost;
  readonly #neighbour: string;
  /** The neighbour's life that answered our dial. */
  readonly #run: string;
  #sent: number;
  #scan: Scan | undefined;

  /** `cursor`: what the neighbour said that it holds. */
  constructor(host: FeedHost, neighbour: string, run: string, cursor: number) {
    this.#host = host;
    this.#neighbour = neighbour;
    this.#run = run;
    this.#sent = cursor;
  }

  /** Whether a scan is under way, of which a turn reads one step only, so that a long one delays nobody. */
  get isScanning(): boolean {
    return this.#scan !== undefined;
  }

  /** The next frame, or `undefined`: nothing is lacking, or a step of the scan found nothing to send. */
  next(): Frame | undefined {
    const { head, recent } = this.#host;
    if (this.#scan === undefined && this.#sent >= head.highest) return undefined;
    if (this.#scan === undefined && this.#sent < recent.floor) {
      // What is held back is in no table yet, and a scan would miss it.
      if (!this.#host.completeTable()) return undefined;
      this.#beginScan(head.highest);
    }
    return this.#scan === undefined ? this.#nextRecent() : this.#nextStep(this.#scan);
  }

  #nextRecent(): Frame {
    const { head, recent, peers } = this.#host;
    const found = recent.after(this.#sent, peers.frameReports);
    const last = found.length < peers.frameReports ? undefined : found.at(-1);
    // What came from the neighbour stays out, unless it came from a life of it that may have died before its commit.
    const lines = found
      .filter(({ source }) => source?.neighbour !== this.#neighbour || source.run !== this.#run)
      .map(({ report }) => report.line);
    return this.#frame(lines, last?.seq ?? head.highest);
  }

  #beginScan(upTo: number): void {
    this.#scan = { upTo, afterClient: undefined };
    this.#host.log({ event: "scan begun", to: this.#neighbour, above: this.#sent, upTo });
  }

  #nextStep(scan: Scan): Frame | undefined {
    const { rows, isLast } = this.#host.store.scan(scan.afterClient, this.#host.peers.scanReports);
    scan.afterClient = rows.at(-1)?.report.client ?? scan.afterClient;
    const lines = rows.filter(({ seq }) => seq > this.#sent && seq <= scan.upTo).map(({ report }) => report.line);
    if (!isLast) return lines.length === 0 ? undefined : this.#frame(lines, this.#sent);
    this.#scan = undefined;
    this.#host.log({ event: "scan ended", to: this.#neighbour, upTo: scan.upTo });
    return this.#frame(lines, scan.upTo);
  }

  #frame(lines: readonly string[], to: number): Frame {
    const frame = { lines, epoch: this.#host.head.epoch, from: this.#sent, to };
    this.#sent = to;
    return frame;
  }
}
