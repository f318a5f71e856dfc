// The feed from one neighbour: what it sends is taken, made durable with the cursor, and only then acknowledged.
//
// A full frame is part of much to catch up with: it is made durable at once. A smaller one may be held back (CU6): it is
// passed on at once, the sender hears GOT, and ACK once a later commit has written it with whatever else came meanwhile.
//
// Of several links the newest alone is heard. The cursor belongs to an epoch of the neighbour: an epoch never heard of
// starts at 0, so everything comes again, and tells that the neighbour may have lost what we hold, so we dial it back.
// Keeps FL6, CU2, CU5, CU6, CU11 to CU14 and RP13.

import type { CloseReason } from "../contract/close-reason.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import type { InboundPorts } from "./feed-ports.ts";
import {
  excerptOf,
  FEATURES,
  FEED_VERSION,
  formatAck,
  formatGot,
  formatSync,
  hasFeature,
  parseFrame,
  type Frame,
  type Hello,
} from "../protocol/frame.ts";
import { lineShape } from "../protocol/line-shape.ts";
import type { Source } from "../store/pending-reports.ts";
import { parseAt, type Report } from "../protocol/report.ts";
import { timeKeyOf } from "../protocol/time.ts";
import type { StoredNeighbour } from "../store/report-store.ts";

interface Link {
  readonly connection: ConnectionId;
  readonly source: Source;
  /** It understands the receipt GOT. */
  readonly takesGot: boolean;
}

const REPLACED = "replaced by a newer link";

/** What a greeting makes the server do beside answering it. */
export type Greeting = "refused" | "known epoch" | "unknown epoch";

export class InboundFeed {
  readonly neighbour: string;
  readonly #ports: InboundPorts;
  #link: Link | undefined;
  #epoch: string;
  #cursor: number;
  /** The answer to a hello, which waits for the commit. */
  #sync: string | undefined;
  /** Where the frames of this turn end, in order. */
  #heard: number[] = [];
  /** One of them is not to be held back. */
  #isFrameDue = false;
  /** Whether what was heard is durable. */
  #isKept = true;
  /** Where the frames end that this link has heard GOT of, and no ACK. */
  #gotTo: number | undefined;
  /** What it did not understand last, if nothing was understood since. */
  #stoppedBy: string | undefined;

  constructor(ports: InboundPorts, neighbour: string, stored: StoredNeighbour | undefined) {
    this.#ports = ports;
    this.neighbour = neighbour;
    this.#epoch = stored?.epoch ?? "";
    this.#cursor = stored?.cursor ?? 0;
  }

  get epoch(): string {
    return this.#epoch;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Whether somebody waits to hear that what came is durable: the commit may not be put off. */
  get isDue(): boolean {
    return this.#sync !== undefined || this.#isFrameDue;
  }

  /** Whether frames came that are not durable. */
  get hasUnflushed(): boolean {
    return !this.#isKept;
  }

  /** The shape of the line that stopped the feed; `undefined` while the feed is understood. */
  get stoppedBy(): string | undefined {
    return this.#stoppedBy;
  }

  get connection(): ConnectionId | undefined {
    return this.#link?.connection;
  }

  /** A link that outlived our memory: the newest one counts, and links were numbered as they came. */
  resume(connection: ConnectionId, hello: Hello): void {
    if (this.#link !== undefined && this.#link.connection > connection) return this.#refuse(connection, REPLACED);
    this.#close(REPLACED);
    this.#link = linkOf(connection, hello);
  }

  greet(connection: ConnectionId, hello: Hello): Greeting {
    if (hello.version !== FEED_VERSION) {
      this.#refuse(connection, `version ${hello.version} of the feed, where ${FEED_VERSION} is spoken`);
      return "refused";
    }
    this.#close(REPLACED);
    this.#link = linkOf(connection, hello);
    const isKnown = hello.epoch === this.#epoch;
    if (!isKnown) {
      this.#epoch = hello.epoch;
      this.#cursor = 0;
    }
    const features = hasFeature(hello, "fields") ? FEATURES : [];
    this.#sync = formatSync({ epoch: this.#epoch, seq: this.#cursor, incarnation: this.#ports.incarnation, features });
    this.#ports.turn.log({ event: "feed open", from: this.neighbour, epoch: this.#epoch, cursor: this.#cursor });
    return isKnown ? "known epoch" : "unknown epoch";
  }

  hear(message: string): void {
    const link = this.#link;
    if (link === undefined) return;
    const frame = parseFrame(message);
    if (frame === undefined) this.#stop(message);
    else if (frame.epoch !== this.#epoch || frame.from > this.#cursor)
      this.#close(
        `a gap: the frame begins at ${excerptOf(frame.epoch)} ${frame.from}, the cursor is ${this.#epoch} ${this.#cursor}`,
      );
    else this.#take(frame, link);
  }

  lose(reason: string): void {
    if (this.#link === undefined) return;
    this.#link = undefined;
    this.#sync = undefined;
    this.#heard = [];
    this.#isFrameDue = false;
    this.#gotTo = undefined;
    this.#ports.turn.log({ event: "feed closed", from: this.neighbour, reason });
  }

  /** Out of service. */
  rest(closeReason: CloseReason): void {
    this.#close(closeReason.text, closeReason.name);
  }

  /** The commit has made durable all that was heard. */
  keep(): void {
    this.#isKept = true;
    this.#isFrameDue = false;
  }

  /** After the turn's commit, if it had one: SYNC, ACKs and GOTs leave, one message each. */
  answer(): void {
    if (this.#link === undefined) return;
    const { connection } = this.#link;
    const say = (data: string) => this.#ports.turn.emit({ type: "send", connection, data });
    if (this.#isKept) {
      if (this.#sync !== undefined) say(this.#sync);
      if (this.#gotTo !== undefined) say(formatAck(this.#gotTo));
      for (const to of this.#heard) say(formatAck(to));
      this.#sync = undefined;
      this.#gotTo = undefined;
    } else {
      for (const to of this.#heard) say(formatGot(to));
      this.#gotTo = this.#heard.at(-1) ?? this.#gotTo;
    }
    this.#heard = [];
  }

  /** Takes all of a frame or nothing: the cursor must not move past a report that was not understood. */
  #take(frame: Frame, { source, takesGot }: Link): void {
    const reports: Report[] = [];
    for (const line of frame.lines) {
      const report = parseAt(line);
      if (report === undefined) return this.#stop(line);
      reports.push(report);
    }
    this.#stoppedBy = undefined;
    const isDeferrable = takesGot && frame.lines.length < this.#ports.peers.frameReports;
    const ceiling = this.#ceiling();
    const ahead: Report[] = [];
    for (const [index, report] of reports.entries()) {
      if (this.#ports.turn.logsLines)
        this.#ports.turn.log({ event: "input", from: this.neighbour, line: frame.lines[index] ?? report.line });
      if (report.timeKey > ceiling) ahead.push(report);
      else this.#ports.offer(report, source, isDeferrable);
    }
    this.#refuseAhead(ahead);
    this.#cursor = Math.max(this.#cursor, frame.to);
    this.#heard.push(frame.to);
    if (!isDeferrable) this.#isFrameDue = true;
    this.#isKept = false;
  }

  /** The order key of the latest time that a report may have. No time is so late that it has none. */
  #ceiling(): string {
    const { turn, peers } = this.#ports;
    return timeKeyOf(String(turn.nowMillis / 1000 + peers.futureSeconds)) ?? "";
  }

  /** The cursor goes past them: a neighbour whose clock is wrong must not hold up its other reports. */
  #refuseAhead(ahead: readonly Report[]): void {
    const [first] = ahead;
    if (first === undefined) return;
    this.#ports.counters.feedAhead += ahead.length;
    const { client } = first;
    this.#ports.turn.log({ event: "reports ahead", from: this.neighbour, reports: ahead.length, client });
  }

  #stop(line: string): void {
    // Everybody may read the status, and the line may say where a client is.
    const excerpt = excerptOf(line);
    this.#stoppedBy = lineShape(excerpt);
    this.#ports.turn.log({ event: "feed stopped", from: this.neighbour, line: excerpt });
    this.#close("a line of the feed is not understood", "not understood");
  }

  #refuse(connection: ConnectionId, reason: string): void {
    this.#ports.turn.emit({ type: "close", connection, reason: { name: "protocol error", text: reason } });
    this.#ports.turn.log({ event: "feed refused", from: this.neighbour, reason });
  }

  #close(text: string, name: CloseReason["name"] = "protocol error"): void {
    if (this.#link === undefined) return;
    this.#ports.turn.emit({ type: "close", connection: this.#link.connection, reason: { name, text } });
    this.lose(text);
  }
}

function linkOf(connection: ConnectionId, hello: Hello): Link {
  const { name, incarnation } = hello;
  return { connection, source: { neighbour: name, incarnation }, takesGot: hasFeature(hello, "got") };
}
