// One server of the herd: events in, effects out, in turns.
//
// Everything that arrived since the last turn goes in together. A turn then *hears* it, *keeps* what it brought in one
// commit, *answers* whom it concerns, and lets the feeds *flow*. So nothing leaves before what it speaks of is durable
// (RP7), one commit serves many connections, and there is one place where the order of things is decided. A commit that
// throws ends this life: the turn throws, nothing leaves, and a new server starts from the store (CU2).

import { COMMANDS } from "../commands/table.ts";
import { ClientConnections } from "../sessions/client-connections.ts";
import { Counters, type CountersStatus } from "../contract/counters.ts";
import type { Effect, HerdEvent, ResumedConnection } from "../contract/events.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import { drained, type CloseReason } from "../contract/close-reason.ts";
import { DurableAlarm } from "./durable-alarm.ts";
import { HIBERNATION_MILLIS } from "./hibernation.ts";
import type { FeedHost } from "../feeds/feed-host.ts";
import type { HerdConfig } from "../config/herd-config.ts";
import type { LogEntry, LogLevel } from "../contract/log-entry.ts";
import { Neighbours, type NeighbourStatus } from "../feeds/neighbours.ts";
import { PendingReports, type Offer } from "../store/pending-reports.ts";
import { randomName } from "../lib/random-name.ts";
import { RecentLog } from "../store/recent-log.ts";
import type { ReportStore, StoreHead } from "../store/report-store.ts";
import { reportsPage, type ReportsPage } from "../store/reports-page.ts";
import { Sequencer } from "../store/sequencer.ts";

export interface HerdServerOptions {
  readonly name: string;
  readonly config: HerdConfig;
  readonly store: ReportStore;
  readonly logLevel: LogLevel;
  /** The durable alarm as it stands, POSIX milliseconds. */
  readonly alarmAtMillis: number | undefined;
  /** Connections that outlived the last life in memory. */
  readonly resumed: readonly ResumedConnection[];
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** What was sent on a client's connection and not taken yet; without it, nobody reads slowly. */
  readonly bufferedBytes?: (connection: ConnectionId) => number;
}

/** How a server stands. */
export interface ServerStatus {
  readonly server: string;
  /** Whether an operator has taken it out of service. */
  readonly isDrained: boolean;
  readonly epoch: string;
  readonly incarnation: string;
  /** Starts on this storage, waking from hibernation included. */
  readonly starts: number;
  /** Clients whose report it holds. */
  readonly clients: number;
  /** Client connections. */
  readonly connections: number;
  /** What they watch: clients and `*`, each as often as it is watched. */
  readonly watches: number;
  /** The highest number of a report that it holds. */
  readonly lastSeq: number;
  readonly neighbours: readonly NeighbourStatus[];
  readonly counters: CountersStatus;
}

/** Reports on a page that take a server about as long as a command (LI3). */
const REPORTS_OF_A_COMMAND = 10;

export class HerdServer implements FeedHost, TurnPort {
  readonly name: string;
  readonly incarnation: string;
  readonly config: HerdConfig;
  readonly peers: HerdConfig["peers"];
  readonly store: ReportStore;
  readonly recent: RecentLog;
  readonly pending: PendingReports;
  readonly counters = new Counters(COMMANDS);
  readonly logsLines: boolean;
  readonly random: () => number;
  nowMillis = 0;
  readonly #head: Sequencer;
  /** A scan waits for the table to be complete. */
  #isAllAsked = false;
  #isDrained: boolean;
  #isDrainedChanged = false;
  readonly #outOfService: CloseReason;
  readonly #clients: ClientConnections;
  readonly #neighbours: Neighbours;
  #lastConnection: ConnectionId = 0;
  readonly #alarm: DurableAlarm;
  #effects: Effect[] = [];

  /** Starts a life on the store; the first turn carries what that makes it do. */
  constructor(options: HerdServerOptions) {
    const { name, config, store, logLevel, alarmAtMillis, resumed, random, bufferedBytes = () => 0 } = options;
    const server = config.servers.find((candidate) => candidate.name === name);
    if (server === undefined) throw new Error(`Cannot start a server that the herd does not have: ${name}`);
    this.name = name;
    this.config = config;
    this.peers = config.peers;
    this.store = store;
    this.logsLines = logLevel === "lines";
    this.random = random;
    this.incarnation = randomName(random);
    this.#alarm = new DurableAlarm(alarmAtMillis);
    this.#outOfService = drained(name);
    this.#isDrained = store.readIsDrained();
    this.#head = new Sequencer(store, config.peers, random);
    this.#tellStart();
    this.recent = new RecentLog(this.peers.recentReports, this.head.lastSeq);
    this.pending = new PendingReports(store);
    this.#clients = new ClientConnections({
      name,
      config,
      turn: this,
      pending: this.pending,
      counters: this.counters,
      storedClients: () => this.head.clients,
      bufferedBytes,
    });
    this.#neighbours = new Neighbours(this, server.neighbours, (report, source, isDeferrable) =>
      this.pending.offer(report, source, isDeferrable),
    );
    for (const connection of resumed) this.#resume(connection);
    if (this.#isDrained) this.#clients.dismiss(this.#outOfService);
  }

  /**
   * One turn. `nowMillis` is POSIX milliseconds. The effects are to be carried out in order.
   * Throws what the store throws; the server must not be used after that.
   */
  turn(nowMillis: number, events: readonly HerdEvent[]): Effect[] {
    this.nowMillis = nowMillis;
    this.#clients.expire();
    for (const event of events) this.#hear(event);
    this.#clients.endOverdue();
    this.#keep();
    this.#answer();
    if (this.#isDrained) this.#neighbours.rest(this.#outOfService);
    else this.#neighbours.flow();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** When a turn is due although nothing arrived; Infinity if the durable alarm is soon enough. POSIX milliseconds. */
  get nextTurnMillis(): number {
    if (this.#isToWrite) return this.nowMillis;
    const { nextFlowMillis, isAnyLinked, dueMillis } = this.#neighbours;
    const isForAlarm = this.#isDrained || (!isAnyLinked && nextFlowMillis > this.nowMillis + HIBERNATION_MILLIS);
    const flowMillis = isForAlarm ? Infinity : nextFlowMillis;
    const clientsMillis = Math.min(this.#clients.dueMillis, this.#expiryTurnMillis);
    return Math.min(flowMillis, dueMillis, this.#head.exactAtMillis, clientsMillis);
  }

  /** A token that ends later than an idle object leaves memory waits for whatever wakes it: a timer would keep it awake. */
  get #expiryTurnMillis(): number {
    const { nextExpiryMillis } = this.#clients;
    return nextExpiryMillis > this.nowMillis + HIBERNATION_MILLIS ? Infinity : nextExpiryMillis;
  }

  /** An id for a connection that the world brings; ids grow, so that the newer of two links can be told. */
  newConnection(): ConnectionId {
    return ++this.#lastConnection;
  }

  /** Whether an operator has taken it out of service (ED5). */
  get isDrained(): boolean {
    return this.#isDrained;
  }

  get head(): StoreHead {
    return this.#head.current;
  }

  get issuedSeq(): number {
    return this.#head.issuedSeq;
  }

  status(): ServerStatus {
    const { epoch, starts, lastSeq } = this.head;
    const clients = this.head.clients + this.pending.newClientCount;
    const connections = this.#clients.count;
    const watches = this.#clients.subscriptions.count;
    const neighbours = this.#neighbours.status();
    return {
      server: this.name,
      isDrained: this.#isDrained,
      epoch,
      incarnation: this.incarnation,
      starts,
      clients,
      connections,
      watches,
      lastSeq,
      neighbours,
      counters: this.counters.status(),
    };
  }

  /** A page of the reports held; `undefined` if that is too much for the address now. Between turns. */
  reportsPage(
    after: string | undefined,
    count: number,
    address: string | undefined,
    nowMillis: number,
  ): ReportsPage | undefined {
    const commands = Math.ceil(count / REPORTS_OF_A_COMMAND);
    if (!this.#clients.rates.admits(address, commands, nowMillis)) return undefined;
    return reportsPage(this.store, this.pending.unflushed, after, count);
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  log(entry: LogEntry): void {
    this.#effects.push({ type: "log", entry });
  }

  completeTable(): boolean {
    this.#isAllAsked = this.pending.unflushedCount > 0;
    return !this.#isAllAsked;
  }

  beginEpoch(reason: string): void {
    this.#head.beginEpoch();
    this.log({ event: "epoch begun", epoch: this.head.epoch, reason });
    this.#neighbours.resetAllProgress("a new epoch has begun");
  }

  #tellStart(): void {
    const { epoch, starts, clients } = this.head;
    this.log({
      event: "started",
      epoch,
      incarnation: this.incarnation,
      starts,
      clients,
      ...(this.#isDrained && { isDrained: true }),
    });
  }

  #resume(resumed: ResumedConnection): void {
    this.#lastConnection = Math.max(this.#lastConnection, resumed.connection);
    if (resumed.type === "client") this.#clients.resume(resumed);
    else this.#neighbours.resume(resumed.connection, resumed.hello);
  }

  #hear(event: HerdEvent): void {
    switch (event.type) {
      case "drained":
        return this.#drain();
      case "resumed":
        return this.#resumeService();
      case "dialled by":
        if (this.#isDrained) return this.#neighbours.turnAway(event.connection, event.hello, this.#outOfService);
        return this.#neighbours.greet(event.connection, event.hello);
      case "alarm":
        this.#alarm.ring();
        return this.#neighbours.assumeAllBehind();
      case "closed":
        if (!this.#clients.lose(event.connection, event.reason))
          this.#neighbours.feedOf(event.connection)?.lose(event.reason);
        return;
      case "frame":
        // A feed speaks text; bytes are then a frame that is not understood.
        return this.#neighbours.hear(event.connection, typeof event.data === "string" ? event.data : "");
      case "storage restored":
        return this.beginEpoch("an operator has restored the storage");
      case "connected":
        this.#clients.hear(event);
        if (this.#isDrained) this.#clients.dismiss(this.#outOfService);
        return;
      case "message":
      case "chunk":
      case "input ended":
      case "places answered":
        return this.#clients.hear(event);
      default:
        return event satisfies never;
    }
  }

  /** All that it holds is made durable; who was heard before this is answered still. Links close when the turn ends. */
  #drain(): void {
    if (this.#isDrained) return;
    this.#isDrained = true;
    this.#isDrainedChanged = true;
    this.#isAllAsked = true;
    this.log({ event: "drained", connections: this.#clients.count });
    this.#clients.dismiss(this.#outOfService);
  }

  /** Each neighbour is dialled, whatever was known of it: so it learns that this server is back, and sends what is lacking. */
  #resumeService(): void {
    if (!this.#isDrained) return;
    this.#isDrained = false;
    this.#isDrainedChanged = true;
    this.log({ event: "resumed" });
    this.#neighbours.resetAllProgress("resumed");
  }

  /** What came is kept: what is due in one commit, and the rest in memory until a later one (CU6). */
  #keep(): void {
    if (!this.#isToWrite) this.#settle(false);
    if (!this.#isToWrite) return;
    const isAll = this.#isAllDue;
    this.counters.commits++;
    this.store.transact(() => {
      this.#settle(isAll);
      if (this.#isDrainedChanged) this.store.writeIsDrained(this.#isDrained);
      this.#isDrainedChanged = false;
      this.#head.keep(this.nowMillis);
      if (isAll) this.#neighbours.write();
      if (isAll) this.#isAllAsked = false;
      this.#alarm.keep(this.#situation, (millis) => this.store.wakeAt(millis));
    });
  }

  get #isToWrite(): boolean {
    return (
      this.pending.isDue ||
      this.#isAllDue ||
      this.#head.isDue(this.nowMillis) ||
      this.#isDrainedChanged ||
      !this.#head.hasNumbersFor(this.pending.size) ||
      this.#alarm.isDue(this.#situation)
    );
  }

  /** Whether the commit takes what is held back as well. */
  get #isAllDue(): boolean {
    return (
      this.#isAllAsked ||
      this.#neighbours.isDue ||
      this.pending.unflushedCount + this.pending.size > this.peers.writeBehindReports
    );
  }

  #settle(isAll: boolean): void {
    const { accepted, refused, added } = this.pending.settle(this.issuedSeq + 1, isAll);
    if (this.logsLines) {
      for (const { seq, offer } of accepted) this.log({ event: "accepted", ...clientAndSource(offer), seq });
      for (const offer of refused) this.log({ event: "stale", ...clientAndSource(offer) });
    }
    for (const { offer } of accepted) if (offer.source !== undefined) this.counters.feedAccepted++;
    for (const { source } of refused) if (source !== undefined) this.counters.feedStale++;
    this.#head.addClients(added);
    const last = accepted.at(-1);
    if (last === undefined) return;
    this.#head.take(last.seq, this.nowMillis);
    for (const entry of accepted) this.recent.append(entry);
    const { subscriptions } = this.#clients;
    if (subscriptions.count > 0) for (const { offer } of accepted) subscriptions.note(offer.report);
    this.#neighbours.assumeAllBehind();
  }

  /** What the durable alarm depends on. */
  get #situation() {
    const { isAnyBehind, isEveryCaughtUp, isAnyLinked } = this.#neighbours;
    const { nowMillis } = this;
    const isDrained = this.#isDrained;
    const lookAfterMillis = () => this.#neighbours.lookAfterMillis(nowMillis + this.peers.answerSeconds * 1000);
    return { nowMillis, isDrained, isAnyBehind, isEveryCaughtUp, isAnyLinked, lookAfterMillis };
  }

  #answer(): void {
    this.#clients.answer();
    this.#neighbours.answer();
  }
}

function clientAndSource({ report, source }: Offer): { readonly client: string; readonly from: string } {
  return { client: report.client, from: source?.neighbour ?? "a client" };
}
