// The feed to one neighbour: live flood and catch-up in one mechanism.
//
// There is no outbox. We dial, the neighbour says how far it has come (SYNC), and from there on it is sent what it lacks
// (`Backlog`), with at most a few frames unacknowledged. What was sent never has to be remembered: a link that breaks is
// dialled again, and the next SYNC says where to go on. Keeps FL3, CU2, CU16, CU17, CU19 to CU21
// and CU27.

import type { FeedStatus } from "../contract/status.ts";
import { Backlog } from "./backlog.ts";
import type { CloseReason } from "../contract/close-reason.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import type { OutboundPorts } from "./feed-ports.ts";
import {
  excerptOf,
  FEATURES,
  FEED_VERSION,
  formatFrame,
  hasFeature,
  parseReceipt,
  parseSync,
  type Frame,
  type Receipt,
} from "../protocol/frame.ts";
import { fullLine, isForgotten, shownLine, type Report } from "../protocol/report.ts";
import { retryDelayMillis } from "../lib/retry-delay.ts";
import { encodeUtf8 } from "../lib/utf8.ts";

interface UnacknowledgedFrame {
  readonly to: number;
  readonly sentMillis: number;
}

interface Link {
  readonly connection: ConnectionId;
  readonly dialledMillis: number;
  /** The only life of the neighbour whose SYNC counts, where one has told us that an older one may still speak. */
  believedIncarnation: string | undefined;
  /** The life of the neighbour that answered; it and `backlog` are `undefined` until its SYNC. */
  incarnation: string | undefined;
  backlog: Backlog | undefined;
  /** Frames that the neighbour has not said to be durable, in order; first those that it said to have got. */
  readonly unacknowledged: UnacknowledgedFrame[];
  /** How many it said to have got. */
  got: number;
  quietSinceMillis: number;
}

export class OutboundFeed {
  readonly neighbour: string;
  readonly #ports: OutboundPorts;
  #link: Link | undefined;
  #acknowledged: number | undefined;
  /** Whether the neighbour may lack something, as long as what it holds is not known. */
  #isAssumedBehind = false;
  #failures: number;
  #retryAtMillis = 0;
  /** An epoch was begun because of what the neighbour said last. */
  #hasBegunEpoch = false;
  #reportsSent = 0;
  #bytesSent = 0;
  #lastContactMillis: number | null = null;
  #lastError: string | null = null;
  #behindSinceMillis: number | null = null;

  constructor(ports: OutboundPorts, neighbour: string, failures: number) {
    this.#ports = ports;
    this.neighbour = neighbour;
    this.#failures = failures;
  }

  get failures(): number {
    return this.#failures;
  }

  get connection(): ConnectionId | undefined {
    return this.#link?.connection;
  }

  /** Whether the neighbour lacks a report, or may. */
  get isBehind(): boolean {
    return this.#acknowledged === undefined
      ? this.#isAssumedBehind
      : this.#acknowledged < this.#ports.numbering.current.lastSeq;
  }

  /** Whether the neighbour is known to hold every report: not known is neither this nor `isBehind`. */
  get isCaughtUp(): boolean {
    return this.#acknowledged !== undefined && !this.isBehind;
  }

  /** When a broken link is tried again; `undefined` with a link or with nothing to send. By the steady clock. */
  get retryAtMillis(): number | undefined {
    return this.#link === undefined && this.isBehind ? this.#retryAtMillis : undefined;
  }

  /** When `flow` has something to do although nothing was heard; Infinity if never. By the steady clock. */
  get nextFlowMillis(): number {
    const link = this.#link;
    if (link === undefined) return this.retryAtMillis ?? Infinity;
    const hasRoom = this.#hasRoom(link);
    if (link.backlog?.isScanning === true && hasRoom) return this.#ports.turn.steadyMillis;
    const frameMillis = hasRoom ? link.backlog?.frameMillis : undefined;
    return Math.min(frameMillis ?? Infinity, this.#answerDueMillis(link), this.#idleAtMillis(link));
  }

  /** Makes sure that the neighbour is asked what it lacks, if that is not known already. */
  assumeBehind(): void {
    this.#isAssumedBehind = true;
  }

  /**
   * Takes back all that is known about the neighbour: its storage, or our numbering, is another one now. `run` is the life
   * that told us. What it said itself on a link stands. A dial that is not answered yet goes on, and only that life's answer
   * counts: an older one may still speak. If two lives have told us, nobody knows which is older, so we dial anew: what is
   * dialled now reaches the newest.
   */
  resetProgress(reason: string, incarnation?: string): void {
    const link = this.#link;
    if (incarnation !== undefined && link?.incarnation === incarnation) return;
    this.#acknowledged = undefined;
    this.#isAssumedBehind = true;
    this.#retryAtMillis = 0;
    if (link === undefined) return;
    const isUnanswered = link.backlog === undefined && (link.believedIncarnation ?? incarnation) === incarnation;
    if (incarnation !== undefined && isUnanswered) link.believedIncarnation = incarnation;
    else this.#drop(reason);
  }

  /** The neighbour is up, as it dialled us: the delays begin anew, at the shortest, so that two cannot spin. */
  neighbourIsUp(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    const { peers, turn } = this.#ports;
    const { steadyMillis } = turn;
    const delayMillis = retryDelayMillis(1, peers, this.#ports.random());
    this.#retryAtMillis = Math.min(this.#retryAtMillis, steadyMillis + delayMillis);
  }

  hear(message: string): void {
    const link = this.#link;
    if (link === undefined) return;
    link.quietSinceMillis = this.#ports.turn.steadyMillis;
    this.#lastContactMillis = this.#ports.turn.nowMillis;
    if (link.backlog === undefined) this.#hearSync(link, message);
    else this.#hearReceipt(link, message);
  }

  /** The link is gone, or could not be made. */
  lose(reason: string): void {
    if (this.#link === undefined) return;
    this.#link = undefined;
    if (this.isBehind) this.#fail(reason);
    else this.#ports.turn.log({ event: "link down", to: this.neighbour, reason });
  }

  /** After a commit: dials if the neighbour lacks something, sends what it lacks, closes when all is quiet. */
  flow(): void {
    const { turn, numbering } = this.#ports;
    const waitsSince = firstWaiting(this.#link)?.sentMillis ?? turn.steadyMillis;
    this.#flow();
    const isBehind = (this.#presumed ?? -1) < numbering.current.lastSeq && this.isBehind;
    this.#behindSinceMillis = isBehind ? (this.#behindSinceMillis ?? turn.wallMillisOf(waitsSince)) : null;
  }

  #flow(): void {
    const { peers, turn } = this.#ports;
    const { steadyMillis } = turn;
    const link = this.#link;
    if (link === undefined) {
      if (this.isBehind && this.#retryAtMillis <= steadyMillis) this.#dial();
    } else if (this.#answerDueMillis(link) <= steadyMillis) {
      this.#close({ name: "no answer", text: "no answer in time" });
      this.#fail(`no answer in ${peers.answerSeconds} s`);
    } else if (link.backlog !== undefined) {
      this.#sendBacklog(link, link.backlog);
      if (this.#idleAtMillis(link) > steadyMillis) return;
      this.#close({ name: "idle", text: "idle" });
      this.#ports.turn.log({ event: "link idle", to: this.neighbour });
    }
  }

  /** Out of service: what is ready still leaves, then the link closes. That is no failure of the neighbour's. */
  rest(reason: CloseReason): void {
    const link = this.#link;
    if (link === undefined) return;
    link.backlog?.endPause();
    if (link.backlog !== undefined) this.#sendBacklog(link, link.backlog);
    this.#close(reason);
    this.#ports.turn.log({ event: "link down", to: this.neighbour, reason: reason.text });
  }

  status(): FeedStatus {
    const link = this.#link;
    return {
      neighbour: this.neighbour,
      link: link === undefined ? "closed" : link.backlog === undefined ? "dialling" : "open",
      received: this.#received ?? null,
      acknowledged: this.#acknowledged ?? null,
      isCaughtUp: this.isCaughtUp || (this.isBehind ? false : null),
      behindAtMost: this.#behindAtMost(),
      behindSinceMillis: this.#behindSinceMillis,
      reportsSent: this.#reportsSent,
      bytesSent: this.#bytesSent,
      framesUnacknowledged: link?.unacknowledged.length ?? 0,
      failures: this.#failures,
      lastContactMillis: this.#lastContactMillis,
      lastError: this.#lastError,
      nextRetryMillis: this.#nextRetryMillis,
    };
  }

  /** POSIX milliseconds; `null` if there is none. */
  get #nextRetryMillis(): number | null {
    const { retryAtMillis } = this;
    return retryAtMillis === undefined ? null : this.#ports.turn.wallMillisOf(retryAtMillis);
  }

  get #received(): number | undefined {
    const { got, unacknowledged, backlog } = this.#link ?? {};
    if (got === undefined || unacknowledged === undefined || backlog === undefined) return this.#acknowledged;
    return got === unacknowledged.length ? backlog.read : (unacknowledged[got - 1]?.to ?? this.#acknowledged);
  }

  /** Like `received`, with the frames that the neighbour may have received without having had to say so yet (CU31). */
  get #presumed(): number | undefined {
    const waiting = firstWaiting(this.#link);
    const lateMillis = this.#ports.peers.answerSeconds * 500;
    const isLate = waiting !== undefined && waiting.sentMillis + lateMillis <= this.#ports.turn.steadyMillis;
    return isLate ? this.#received : (this.#link?.backlog?.read ?? this.#acknowledged);
  }

  #behindAtMost(): number | null {
    const { numbering, recent } = this.#ports;
    const head = numbering.current;
    const received = this.#received;
    if (received === undefined) return null;
    if (received >= recent.floor) return recent.after(received, Infinity).length;
    return Math.min(head.clients, head.lastSeq - received);
  }

  #dial(): void {
    const { name, incarnation, turn, numbering } = this.#ports;
    const connection = this.#ports.newConnection();
    const { steadyMillis } = turn;
    this.#link = {
      connection,
      dialledMillis: steadyMillis,
      believedIncarnation: undefined,
      incarnation: undefined,
      backlog: undefined,
      unacknowledged: [],
      got: 0,
      quietSinceMillis: steadyMillis,
    };
    const hello = {
      version: FEED_VERSION,
      name,
      epoch: numbering.current.epoch,
      incarnation,
      features: FEATURES,
    };
    turn.emit({ type: "dial", connection, neighbour: this.neighbour, hello });
    turn.log({ event: "dialled", to: this.neighbour });
  }

  #hearSync(link: Link, message: string): void {
    const { epoch, lastSeq } = this.#ports.numbering.current;
    const sync = parseSync(message);
    if (sync === undefined || sync.epoch !== epoch)
      return this.#breakOff(`not a SYNC of this epoch: ${excerptOf(message)}`);
    if ((link.believedIncarnation ?? sync.incarnation) !== sync.incarnation)
      return this.#drop("answered by an older life");
    if (sync.seq > this.#ports.numbering.issuedSeq) return this.#refuseSync(sync.seq);
    this.#hasBegunEpoch = false;
    link.incarnation = sync.incarnation;
    const lineOf = hasFeature(sync, "fields") ? fullLine : lineOfSixFields;
    link.backlog = new Backlog(this.#ports, this.neighbour, sync.incarnation, sync.seq, lineOf);
    this.#acknowledged = sync.seq;
    this.#isAssumedBehind = false;
    if (!this.isBehind) this.#failures = 0;
    const behind = Math.max(0, lastSeq - sync.seq);
    this.#ports.turn.log({ event: "link up", to: this.neighbour, cursor: sync.seq, behind });
  }

  /**
   * The neighbour holds a number that this storage never gave. Older storage may have been put under this server: a new epoch
   * mends that, once. A neighbour that says so again, or soon after another one, is wrong itself.
   */
  #refuseSync(seq: number): void {
    const reason = `${this.neighbour} holds number ${seq}, which this storage never gave`;
    if (!this.#hasBegunEpoch && this.#ports.beginEpoch(reason)) {
      this.#hasBegunEpoch = true;
      return;
    }
    this.#breakOff(
      `${reason}; a new epoch has not mended it. If the storage was restored, an operator begins another one`,
    );
  }

  /** GOT is of the first frames that it was not said of; ACK of the first ones. */
  #hearReceipt(link: Link, message: string): void {
    const receipt = parseReceipt(message);
    const { unacknowledged } = link;
    const count = receipt === undefined ? 0 : (receipt.frames ?? countMeant(link, receipt));
    const first = receipt?.word === "GOT" ? link.got : 0;
    if (receipt === undefined || count === 0 || unacknowledged[first + count - 1]?.to !== receipt.to)
      return this.#breakOff(`not a receipt of the first frames: ${excerptOf(message)}`);
    if (receipt.word === "GOT") link.got += count;
    else {
      unacknowledged.splice(0, count);
      link.got = Math.max(0, link.got - count);
      this.#acknowledge(receipt.to);
    }
  }

  #acknowledge(to: number): void {
    this.#acknowledged = to;
    this.#failures = 0;
  }

  #sendBacklog(link: Link, backlog: Backlog): void {
    while (this.#hasRoom(link)) {
      const frame = backlog.next();
      if (frame === undefined) return;
      this.#send(link, frame);
      if (backlog.isScanning) return;
    }
  }

  #send(link: Link, frame: Frame): void {
    const { turn } = this.#ports;
    const data = formatFrame(frame);
    turn.emit({ type: "send", connection: link.connection, data });
    this.#bytesSent += encodeUtf8(data).length;
    link.unacknowledged.push({ to: frame.to, sentMillis: turn.steadyMillis });
    link.quietSinceMillis = turn.steadyMillis;
    this.#reportsSent += frame.lines.length;
    if (!turn.logsLines || frame.lines.length === 0) return;
    for (const line of frame.lines) turn.log({ event: "output", to: this.neighbour, line });
    turn.log({ event: "flood", to: this.neighbour, reports: frame.lines.length, upTo: frame.to });
  }

  #hasRoom(link: Link): boolean {
    return link.unacknowledged.length - link.got < this.#ports.peers.framesUnacknowledged;
  }

  #answerDueMillis(link: Link): number {
    const { answerSeconds, writeBehindSeconds } = this.#ports.peers;
    const since = link.backlog === undefined ? link.dialledMillis : firstWaiting(link)?.sentMillis;
    const heldSince = link.got > 0 ? link.unacknowledged[0]?.sentMillis : undefined;
    const answerMillis = (since ?? Infinity) + answerSeconds * 1000;
    return Math.min(answerMillis, (heldSince ?? Infinity) + (answerSeconds + writeBehindSeconds) * 1000);
  }

  #idleAtMillis(link: Link): number {
    if (link.backlog === undefined || this.isBehind || link.unacknowledged.length > 0) return Infinity;
    return link.quietSinceMillis + this.#ports.peers.idleSeconds * 1000;
  }

  /** Closes a link that is of no more use, though nothing failed. */
  #drop(reason: string): void {
    this.#close({ name: "of no more use", text: reason });
    this.#ports.turn.log({ event: "link down", to: this.neighbour, reason });
  }

  #breakOff(reason: string): void {
    this.#close({ name: "protocol error", text: "protocol error" });
    this.#fail(reason);
  }

  #close(reason: CloseReason): void {
    if (this.#link === undefined) return;
    this.#ports.turn.emit({ type: "close", connection: this.#link.connection, reason });
    this.#link = undefined;
  }

  #fail(reason: string): void {
    const { peers, turn } = this.#ports;
    const { steadyMillis } = turn;
    this.#failures++;
    this.#lastError = reason;
    const delayMillis = retryDelayMillis(this.#failures, peers, this.#ports.random());
    this.#retryAtMillis = steadyMillis + delayMillis;
    this.#ports.turn.log({ event: "link down", to: this.neighbour, reason, retryInSeconds: delayMillis / 1000 });
  }
}

/** The first frame that heard no receipt. */
function firstWaiting(link: Link | undefined): UnacknowledgedFrame | undefined {
  return link?.unacknowledged[link.got];
}

/** Of how many frames a receipt of a server of before is: one, or an ACK of all those that heard GOT. 0 if of none. */
function countMeant({ got, unacknowledged }: Link, { word, to }: Receipt): number {
  if (word === "GOT" || got === 0) return 1;
  return 1 + unacknowledged.findLastIndex((frame, index) => index < got && frame.to === to);
}

/** A server of before would take nothing of a line with more fields than it knows. It cannot be told that a client was forgotten. */
function lineOfSixFields(report: Report): string | undefined {
  return isForgotten(report) ? undefined : shownLine(report);
}
