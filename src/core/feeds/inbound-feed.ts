// The feed from one neighbour: what it sends is taken, made durable with the cursor, and only then acknowledged.
//
// A full frame is part of much to catch up with: it is made durable at once. A smaller one may be held back (CU6): it is
// passed on at once, the sender hears GOT, and ACK once a later commit has written it with whatever else came meanwhile.
// A receipt is of as many frames as came: a GOT waits for some, so most frames hear of an ACK only. A sender of before hears
// one for each frame, at once.
//
// Of several links the newest alone is heard. The cursor belongs to an epoch of the neighbour: an epoch never heard of
// starts at 0, so everything comes again, and tells that the neighbour may have lost what we hold, so we dial it back.
// Keeps FL6, CU2, CU5, CU6, CU11 to CU14, CU30, CU31, KP2 and RP13.

import type { CloseReason } from "../contract/close-reason.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import type { InboundPorts } from "./feed-ports.ts";
import {
  excerptOf,
  FEATURES,
  FEED_VERSION,
  formatReceipt,
  formatSync,
  hasFeature,
  parseFrame,
  type Frame,
  type Hello,
  type Receipt,
} from "../protocol/frame.ts";
import { lineShape } from "../protocol/line-shape.ts";
import type { Source } from "../store/held.ts";
import { parseAt, type Report } from "../protocol/report.ts";
import { receiveSecondsOf } from "../protocol/receive-time.ts";
import { timeKeyOf } from "../protocol/time.ts";
import type { StoredNeighbour } from "../store/report-store.ts";

interface Link {
  readonly connection: ConnectionId;
  readonly source: Source;
  /** It understands the receipt GOT. */
  readonly takesGot: boolean;
  /** It understands a receipt of several frames. */
  readonly takesCounts: boolean;
}

/** The part of `answerSeconds` that a GOT may wait: the sender still hears it in time over a slow link. */
const GOT_WAIT_PART = 1 / 4;

const REPLACED = "replaced by a newer link";

/** Frames of a link that have come, and heard a receipt or none. */
interface Frames {
  readonly count: number;
  /** Where the last of them ends. */
  readonly to: number;
}

const NO_FRAMES: Frames = { count: 0, to: 0 };

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
  /** Where the frames end that heard no receipt, in order. */
  #heard: number[] = [];
  /** When the first of them came, by the steady clock. */
  #heardMillis = Infinity;
  /** One of them is not to be held back. */
  #isFrameDue = false;
  /** Whether what was heard is durable. */
  #isKept = true;
  /** The frames of this link that heard GOT, and no ACK. */
  #got = NO_FRAMES;
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

  /** Whether somebody waits to hear that what came is durable: the commit may not be put off. A SYNC says what is durable. */
  get isDue(): boolean {
    return this.#isFrameDue || (this.#sync !== undefined && !this.#isKept);
  }

  /** When a GOT has to leave although nothing was heard; Infinity if none has to. By the steady clock. */
  get receiptMillis(): number {
    return this.#heardMillis + this.#ports.peers.answerSeconds * 1000 * GOT_WAIT_PART;
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

  /** Returns how many reports it brought. */
  hear(message: string): number {
    const link = this.#link;
    if (link === undefined) return 0;
    const frame = parseFrame(message);
    if (frame === undefined) this.#stop(message);
    else if (frame.epoch !== this.#epoch || frame.from > this.#cursor)
      this.#close(
        `a gap: the frame begins at ${excerptOf(frame.epoch)} ${frame.from}, the cursor is ${this.#epoch} ${this.#cursor}`,
      );
    else this.#take(frame, link);
    return this.#link === undefined ? 0 : (frame?.lines.length ?? 0);
  }

  lose(reason: string): void {
    if (this.#link === undefined) return;
    this.#link = undefined;
    this.#sync = undefined;
    this.#forgetHeard();
    this.#isFrameDue = false;
    this.#got = NO_FRAMES;
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

  /** After the turn's commit, if it had one: SYNC, ACK and GOT leave, one message each. */
  answer(): void {
    const link = this.#link;
    if (link === undefined) return;
    if (this.#isKept) this.#tellKept(link);
    else if (this.#isGotDue(link)) this.#tellGot(link);
  }

  #tellKept({ connection, takesCounts }: Link): void {
    if (this.#sync !== undefined) this.#ports.turn.emit({ type: "send", connection, data: this.#sync });
    this.#sync = undefined;
    const got = this.#got;
    this.#got = NO_FRAMES;
    const all = { count: got.count + this.#heard.length, to: this.#heard.at(-1) ?? got.to };
    if (takesCounts) this.#say(connection, "ACK", all);
    // One ACK is of all that heard GOT.
    else for (const to of got.count > 0 ? [got.to, ...this.#heard] : this.#heard) this.#say(connection, "ACK", { to });
    this.#forgetHeard();
  }

  #tellGot({ connection, takesCounts }: Link): void {
    const heard = { count: this.#heard.length, to: this.#heard.at(-1) ?? 0 };
    if (takesCounts) this.#say(connection, "GOT", heard);
    else for (const to of this.#heard) this.#say(connection, "GOT", { to });
    this.#got = { count: this.#got.count + heard.count, to: heard.to };
    this.#forgetHeard();
  }

  /** Without a count, a receipt is of one frame. */
  #say(
    connection: ConnectionId,
    word: Receipt["word"],
    { to, count: frames }: Partial<Frames> & Pick<Frames, "to">,
  ): void {
    if (frames === 0) return;
    this.#ports.turn.emit({ type: "send", connection, data: formatReceipt({ word, to, frames }) });
  }

  #forgetHeard(): void {
    this.#heard = [];
    this.#heardMillis = Infinity;
  }

  #isGotDue({ takesCounts }: Link): boolean {
    const { length } = this.#heard;
    if (!takesCounts) return length > 0;
    const { peers, turn } = this.#ports;
    return length >= peers.framesUnacknowledged / 2 || this.receiptMillis <= turn.steadyMillis;
  }

  /** Takes all of a frame or nothing: the cursor must not move past a report that was not understood. */
  #take(frame: Frame, { source, takesGot }: Link): void {
    const reports: Report[] = [];
    for (const line of frame.lines) {
      // Where servers are linked in a ring, a third comes twice.
      const report = this.#ports.heldAs(line) ?? parseAt(line);
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
      // That the client was forgotten may be known for longer than the report.
      const known = this.#ports.keeping.of(report);
      if (isAhead(report, ceiling)) ahead.push(report);
      else if (known === undefined) this.#refusePast(report);
      else this.#ports.offer(known, source, isDeferrable);
    }
    this.#refuseAhead(ahead);
    this.#cursor = Math.max(this.#cursor, frame.to);
    this.#heard.push(frame.to);
    this.#heardMillis = Math.min(this.#heardMillis, this.#ports.turn.steadyMillis);
    if (!isDeferrable) this.#isFrameDue = true;
    this.#isKept = false;
  }

  /** The latest time that a report may have. No time is so late that it has no order key. */
  #ceiling(): Ceiling {
    const { turn, peers } = this.#ports;
    const seconds = turn.nowMillis / 1000 + peers.futureSeconds;
    return { seconds, timeKey: timeKeyOf(String(seconds)) ?? "" };
  }

  /** The cursor goes past them: a neighbour whose clock is wrong must not hold up its other reports. */
  #refuseAhead(ahead: readonly Report[]): void {
    const [first] = ahead;
    if (first === undefined) return;
    this.#ports.counters.feedAhead += ahead.length;
    const { client } = first;
    this.#ports.turn.log({ event: "reports ahead", from: this.neighbour, reports: ahead.length, client });
  }

  /** It is past keeping here. */
  #refusePast({ client }: Report): void {
    this.#ports.counters.feedStale++;
    if (this.#ports.turn.logsLines) this.#ports.turn.log({ event: "stale", client, from: this.neighbour });
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

interface Ceiling {
  /** POSIX seconds. */
  readonly seconds: number;
  readonly timeKey: string;
}

/** Its claimed time, or when it was heard, or when its client was forgotten. */
function isAhead({ timeKey, forgotKey, line }: Report, ceiling: Ceiling): boolean {
  return timeKey > ceiling.timeKey || forgotKey > ceiling.timeKey || receiveSecondsOf(line) > ceiling.seconds;
}

function linkOf(connection: ConnectionId, hello: Hello): Link {
  const { name, incarnation } = hello;
  return {
    connection,
    source: { neighbour: name, incarnation },
    takesGot: hasFeature(hello, "got"),
    takesCounts: hasFeature(hello, "counts"),
  };
}
