// The configured edges of one server, both directions of each, with the row that outlives a life.
//
// A neighbour without a row is new to this storage, or the storage is new: either way it is dialled and asked what it
// lacks, and, seeing an epoch that it does not know, it dials back (CU5). A neighbour that left the configuration is
// forgotten. Keeps CU4's question: who is behind, and when must somebody look after that?

import type { CloseReason } from "../contract/close-reason.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import type { NeighbourPorts } from "./feed-ports.ts";
import type { Hello } from "../protocol/frame.ts";
import type { NeighbourStatus } from "../contract/status.ts";
import { InboundFeed } from "./inbound-feed.ts";
import { OutboundFeed } from "./outbound-feed.ts";
import type { StoredNeighbour } from "../store/report-store.ts";
import { Debounce } from "../lib/debounce.ts";

interface Edge {
  readonly name: string;
  readonly outbound: OutboundFeed;
  readonly inbound: InboundFeed;
  stored: StoredNeighbour | undefined;
}

export class Neighbours {
  readonly #ports: NeighbourPorts;
  readonly #edges: readonly Edge[];
  /** Former neighbours that have a row. */
  #former: readonly string[];
  /** The frames that are held back. */
  readonly #held = new Debounce();

  constructor(ports: NeighbourPorts, names: readonly string[]) {
    this.#ports = ports;
    const rows = ports.store.readNeighbours();
    this.#edges = names.map((name) => {
      const stored = rows.get(name);
      const outbound = new OutboundFeed(ports, name, stored?.failures ?? 0);
      if (stored === undefined) outbound.assumeBehind();
      return { name, outbound, inbound: new InboundFeed(ports, name, stored), stored };
    });
    this.#former = [...rows.keys()].filter((name) => !names.includes(name));
  }

  /** Whether all that was heard has to be made durable in this turn. */
  get isDue(): boolean {
    return this.dueMillis <= this.#ports.turn.steadyMillis || this.#edges.some(isEdgeDue);
  }

  /** When what is held back has to be durable; Infinity if nothing is. By the steady clock. */
  get dueMillis(): number {
    return this.#held.dueMillis(this.#ports.peers.writeBehindSeconds, this.#ports.peers.writeBehindQuietSeconds);
  }

  /** A message of a feed, of either direction. */
  hear(connection: ConnectionId, message: string): void {
    const feed = this.feedOf(connection);
    if (feed instanceof InboundFeed) this.#hearFrame(feed, message);
    else feed?.hear(message);
  }

  get isAnyBehind(): boolean {
    return this.#edges.some(({ outbound }) => outbound.isBehind);
  }

  /** Whether all are known to hold every report. */
  get isEveryCaughtUp(): boolean {
    return this.#edges.every(({ outbound }) => outbound.isCaughtUp);
  }

  get isAnyLinked(): boolean {
    return this.#edges.some(({ outbound }) => outbound.connection !== undefined);
  }

  /** When to look after those behind if this life ends: one that waits for a retry then, any other at `watchMillis`. POSIX milliseconds. */
  lookAfterMillis(watchMillis: number): number {
    const { turn } = this.#ports;
    const behind = this.#edges.map(({ outbound }) => outbound).filter((feed) => feed.isBehind);
    return Math.min(
      ...behind.map(({ retryAtMillis = 0 }) =>
        retryAtMillis > turn.steadyMillis ? turn.wallMillisOf(retryAtMillis) : watchMillis,
      ),
    );
  }

  /** The first time at which a feed has something to do although nothing was heard. By the steady clock. */
  get nextFlowMillis(): number {
    return Math.min(
      ...this.#edges.map(({ outbound, inbound }) => Math.min(outbound.nextFlowMillis, inbound.receiptMillis)),
    );
  }

  feedOf(connection: ConnectionId): OutboundFeed | InboundFeed | undefined {
    for (const { outbound, inbound } of this.#edges) {
      if (outbound.connection === connection) return outbound;
      if (inbound.connection === connection) return inbound;
    }
    return undefined;
  }

  greet(connection: ConnectionId, hello: Hello): void {
    const edge = this.#edgeOf(connection, hello);
    if (edge === undefined) return;
    const greeting = edge.inbound.greet(connection, hello);
    if (greeting === "known epoch") edge.outbound.neighbourIsUp();
    else if (greeting === "unknown epoch")
      edge.outbound.resetProgress("the neighbour has a new epoch", hello.incarnation);
  }

  resume(connection: ConnectionId, hello: Hello): void {
    this.#edgeOf(connection, hello)?.inbound.resume(connection, hello);
  }

  /** But for those that wait for a retry: the alarm rings for them. */
  assumeReachableBehind(): void {
    for (const { outbound } of this.#edges) if (outbound.failures === 0) outbound.assumeBehind();
  }

  assumeAllBehind(): void {
    for (const { outbound } of this.#edges) outbound.assumeBehind();
  }

  resetAllProgress(reason: string): void {
    for (const { outbound } of this.#edges) outbound.resetProgress(reason);
  }

  /** Removes the rows of former neighbours. Call it inside the store's `transact`. */
  forgetFormer(): void {
    for (const name of this.#former) this.#ports.store.forgetNeighbour(name);
    this.#former = [];
  }

  /** Writes the rows that changed, with all that was heard. Call it inside the store's `transact`. */
  write(): void {
    for (const edge of this.#edges) {
      const row = rowOf(edge);
      if (!isSame(row, edge.stored)) this.#ports.store.writeNeighbour(edge.name, row);
      edge.stored = row;
      edge.inbound.keep();
    }
    this.#held.end();
  }

  /** After the commit: SYNC, ACK and GOT leave. */
  answer(): void {
    for (const { inbound } of this.#edges) inbound.answer();
  }

  flow(): void {
    for (const { outbound } of this.#edges) outbound.flow();
  }

  /** In place of `flow` where the server is out of service: no link stays, in either direction. */
  rest(closeReason: CloseReason): void {
    for (const { outbound, inbound } of this.#edges) {
      outbound.rest(closeReason);
      inbound.rest(closeReason);
    }
  }

  /** The server takes no reports: no feed from a neighbour stays. */
  restInbound(closeReason: CloseReason): void {
    for (const { inbound } of this.#edges) inbound.rest(closeReason);
  }

  /** A dial of a server that takes no feed. */
  turnAway(connection: ConnectionId, { name }: Hello, closeReason: CloseReason): void {
    this.#ports.turn.emit({ type: "close", connection, reason: closeReason });
    this.#ports.turn.log({ event: "feed refused", from: name, reason: closeReason.text });
  }

  status(): NeighbourStatus[] {
    return this.#edges.map(({ outbound, inbound }) => ({
      ...outbound.status(),
      cursor: inbound.cursor,
      stoppedBy: inbound.stoppedBy ?? null,
    }));
  }

  /** What only moves a cursor becomes durable with the reports that wait, and makes these wait no longer. */
  #hearFrame(feed: InboundFeed, message: string): void {
    const { steadyMillis } = this.#ports.turn;
    const reports = feed.hear(message);
    if (!feed.hasUnflushed) return;
    if (reports > 0) this.#held.begin(steadyMillis);
    else this.#held.join(steadyMillis);
  }

  #edgeOf(connection: ConnectionId, { name }: Hello): Edge | undefined {
    const edge = this.#edges.find((candidate) => candidate.name === name);
    if (edge !== undefined) return edge;
    const reason = `${name} is no neighbour of ${this.#ports.name}`;
    this.#ports.turn.emit({ type: "close", connection, reason: { name: "not a neighbour", text: reason } });
    this.#ports.turn.log({ event: "feed refused", from: name, reason });
    return undefined;
  }
}

function rowOf({ outbound, inbound }: Edge): StoredNeighbour {
  return { epoch: inbound.epoch, cursor: inbound.cursor, failures: outbound.failures };
}

/** A cursor alone can wait for the reports that it speaks of. */
function isEdgeDue(edge: Edge): boolean {
  const { stored, inbound } = edge;
  return inbound.isDue || stored === undefined || !isSame({ ...rowOf(edge), cursor: stored.cursor }, stored);
}

function isSame(row: StoredNeighbour, stored: StoredNeighbour | undefined): boolean {
  return (
    stored !== undefined &&
    stored.epoch === row.epoch &&
    stored.cursor === row.cursor &&
    stored.failures === row.failures
  );
}
