// The feed from one neighbour: what it sends is taken, made durable with the cursor, and only then acknowledged.
//
// Of several links the newest alone is heard. The cursor belongs to an epoch of the neighbour: an epoch never heard of
// starts at 0, so everything comes again, and tells that the neighbour may have lost what we hold, so we dial it back.
// Keeps CU2 and CU5.

import type { ConnectionId } from "./events.ts";
import type { FeedHost } from "./feed-host.ts";
import { FEED_VERSION, formatAck, formatSync, parseFrame, type Hello } from "./frame.ts";
import type { Source } from "./pending-reports.ts";
import { parseAt, type Report } from "./report.ts";
import type { StoredNeighbour } from "./report-store.ts";

interface Link {
  readonly connection: ConnectionId;
  readonly source: Source;
}

const REPLACED = "replaced by a newer link";

/** What a greeting makes the server do beside answering it. */
export type Greeting = "refused" | "known epoch" | "unknown epoch";

export class InboundFeed {
  readonly neighbour: string;
  readonly #host: FeedHost;
  readonly #offer: (report: Report, source: Source) => void;
  #link: Link | undefined;
  #epoch: string;
  #cursor: number;
  /** Answers that wait for the commit, in order. */
  #answers: string[] = [];
  #linesSkipped = 0;

  constructor(
    host: FeedHost,
    neighbour: string,
    stored: StoredNeighbour | undefined,
    offer: (report: Report, source: Source) => void,
  ) {
    this.#host = host;
    this.neighbour = neighbour;
    this.#offer = offer;
    this.#epoch = stored?.epoch ?? "";
    this.#cursor = stored?.cursor ?? 0;
  }

  get epoch(): string {
    return this.#epoch;
  }

  get cursor(): number {
    return this.#cursor;
  }

  get linesSkipped(): number {
    return this.#linesSkipped;
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
    this.#answers.push(formatSync({ epoch: this.#epoch, seq: this.#cursor, run: this.#host.run }));
    this.#host.log({ event: "feed open", from: this.neighbour, epoch: this.#epoch, cursor: this.#cursor });
    return isKnown ? "known epoch" : "unknown epoch";
  }

  hear(message: string): void {
    const link = this.#link;
    if (link === undefined) return;
    const frame = parseFrame(message);
    if (frame === undefined) this.#skip(message);
    else if (frame.epoch !== this.#epoch || frame.from > this.#cursor)
      this.#close(
        `a gap: the frame begins at ${frame.epoch} ${frame.from}, the cursor is ${this.#epoch} ${this.#cursor}`,
      );
    else {
      for (const line of frame.lines) this.#take(line, link.source);
      this.#cursor = Math.max(this.#cursor, frame.to);
      this.#answers.push(formatAck(frame.to));
    }
  }

  lose(reason: string): void {
    if (this.#link === undefined) return;
    this.#link = undefined;
    this.#answers = [];
    this.#host.log({ event: "feed closed", from: this.neighbour, reason });
  }

  /** After the commit: SYNC and ACKs leave, one message each. */
  answer(): void {
    if (this.#link === undefined || this.#answers.length === 0) return;
    for (const data of this.#answers) this.#host.emit({ type: "send", connection: this.#link.connection, data });
    this.#answers = [];
  }

  #take(line: string, source: Source): void {
    const report = parseAt(line);
    if (report === undefined) return this.#skip(line);
    if (this.#host.logsLines) this.#host.log({ event: "input", from: this.neighbour, line });
    this.#offer(report, source);
  }

  #skip(line: string): void {
    this.#linesSkipped++;
    this.#host.log({ event: "feed line skipped", from: this.neighbour, line: line.slice(0, 1024) });
  }

  #refuse(connection: ConnectionId, reason: string): void {
    this.#host.emit({ type: "close", connection, code: 1002, reason });
    this.#host.log({ event: "feed refused", from: this.neighbour, reason });
  }

  #close(reason: string): void {
    if (this.#link === undefined) return;
    this.#host.emit({ type: "close", connection: this.#link.connection, code: 1002, reason });
    this.lose(reason);
  }
}

function linkOf(connection: ConnectionId, hello: Hello): Link {
  return { connection, source: { neighbour: hello.name, run: hello.run } };
}
