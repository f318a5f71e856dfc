// One server of the herd: events in, effects out, in turns.
//
// A turn *hears* everything that arrived since the last one, *keeps* what it brought in one commit, *answers* the connections
// that it concerns, and lets the feeds *flow*. So nothing leaves before what it speaks of is durable (RP7), one commit serves
// many connections, and one place decides the order of things. A commit that throws ends this life: the turn throws, nothing
// leaves, and a new server starts from the store.

import { COMMANDS } from "../commands/table.ts";
import type { HerdConfig } from "../config/herd-config.ts";
import { drained, takesNoReports, type CloseReason } from "../contract/close-reason.ts";
import { Counters } from "../contract/counters.ts";
import type { Effect, HerdEvent, ResumedConnection } from "../contract/events.ts";
import type { LogLevel } from "../contract/log-entry.ts";
import type { ServerStatus, StorageState } from "../contract/status.ts";
import { Neighbours } from "../feeds/neighbours.ts";
import { randomName } from "../lib/random-name.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import { Keeping, lapseOf } from "../protocol/keeping.ts";
import { toldLine, type Report } from "../protocol/report.ts";
import { ClientConnections } from "../sessions/client-connections.ts";
import { HoldingsDigest } from "../store/holdings-digest.ts";
import { PendingReports } from "../store/pending-reports.ts";
import { RecentLog } from "../store/recent-log.ts";
import type { RefusedWrite, ReportStore } from "../store/report-store.ts";
import { reportsPage, withAges, type AgedReportsPage } from "../store/reports-page.ts";
import { Sequencer } from "../store/sequencer.ts";
import { DurableAlarm } from "./durable-alarm.ts";
import { HIBERNATION_MILLIS } from "./hibernation.ts";
import { Keeper } from "./keeper.ts";
import { KeepingChange } from "./keeping-change.ts";
import { Service } from "./service.ts";
import { StorageCondition } from "./storage-condition.ts";
import { TurnOutput } from "./turn-output.ts";

export interface HerdServerOptions {
  readonly name: string;
  readonly config: HerdConfig;
  readonly store: ReportStore;
  readonly logLevel: LogLevel;
  /** The durable alarm as it is set, POSIX milliseconds. */
  readonly alarmAtMillis: number | undefined;
  /** The write that ended the last life in memory, if the storage refused one and is not known to take writes again. */
  readonly refusedWrite?: RefusedWrite | undefined;
  /** Connections that outlived the last life in memory. */
  readonly resumed: readonly ResumedConnection[];
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** What was sent on a client's connection and not taken yet, in bytes; without it, no client reads slowly. */
  readonly bufferedBytes?: (connection: ConnectionId) => number;
}

/** Between two epochs that neighbours make the server begin (CU27). */
const EPOCH_MILLIS = 60_000;

/** Reports on a page that take a server about as long as a command (LI3). */
const REPORTS_OF_A_COMMAND = 10;

export class HerdServer {
  readonly name: string;
  /** Names this life in memory. */
  readonly incarnation: string;
  readonly counters = new Counters(COMMANDS);
  readonly pending: PendingReports;
  readonly #store: ReportStore;
  readonly #output: TurnOutput;
  readonly #sequencer: Sequencer;
  readonly #service: Service;
  readonly #keeping: Keeping;
  readonly #keepingChange: KeepingChange;
  readonly #digest: HoldingsDigest;
  readonly #storage: StorageCondition;
  readonly #alarm: DurableAlarm;
  readonly #clients: ClientConnections;
  readonly #neighbours: Neighbours;
  readonly #keeper: Keeper;
  readonly #outOfService: CloseReason;
  readonly #scanReports: number;
  readonly #wakeMillis: number;
  /** The alarm as it was set at the start, until the first turn; POSIX milliseconds. */
  #foundAlarmMillis: number | undefined;
  #lastConnection: ConnectionId = 0;
  #hasBegun = false;
  /** Reports that were erased because they were past keeping, and of which watchers are to be told. */
  readonly #lapsed: Report[] = [];
  /** When a neighbour's word may begin an epoch, by the steady clock. */
  #nextEpochMillis = 0;

  /** Starts a life on the store; the first turn carries what that makes it do. */
  constructor(options: HerdServerOptions) {
    const { name, config, store, logLevel, alarmAtMillis, refusedWrite, resumed, random } = options;
    const { bufferedBytes = () => 0 } = options;
    const server = config.servers.find((candidate) => candidate.name === name);
    if (server === undefined) throw new Error(`Cannot start a server that the herd does not have: ${name}`);
    const { limits, peers } = config;
    const { counters } = this;
    this.name = name;
    this.incarnation = randomName(random);
    this.#store = store;
    this.#output = new TurnOutput(logLevel);
    this.#outOfService = drained(name);
    this.#scanReports = peers.scanReports;
    this.#alarm = new DurableAlarm(alarmAtMillis);
    this.#service = new Service(store);
    this.#sequencer = new Sequencer(store, peers, random);
    this.#tellStart();
    this.#keeping = new Keeping(config, this.#output);
    const { keepSeconds } = limits;
    const { eraseSeconds } = config.storage;
    this.#keepingChange = new KeepingChange({
      keepSeconds,
      eraseSeconds,
      keeping: this.#keeping,
      store,
      isNew: () => this.#sequencer.current.lastSeq === 0,
    });
    this.#digest = new HoldingsDigest(this.#keeping);
    this.#storage = new StorageCondition({ limits, turn: this.#output, store }, refusedWrite);
    this.pending = new PendingReports(store, this.#digest, this.#keeping);
    const turn = this.#output;
    const sequencer = this.#sequencer;
    const { pending } = this;
    const storage = this.#storage;
    const recent = new RecentLog(peers.recentReports, sequencer.current.lastSeq);
    this.#clients = new ClientConnections({
      name,
      config,
      turn,
      pending,
      counters,
      storage,
      storedClients: () => sequencer.current.clients,
      bufferedBytes,
    });
    this.#neighbours = new Neighbours(
      {
        name,
        incarnation: this.incarnation,
        peers,
        turn,
        numbering: sequencer,
        keeping: this.#keeping,
        recent,
        table: this.#table(),
        store,
        random,
        newConnection: () => this.newConnection(),
        counters,
        beginEpoch: (reason) => this.#beginEpochUnasked(reason),
        offer: (report, source, isDeferrable) => pending.offer(report, source, isDeferrable),
        heldAs: (line) => pending.heldAs(line),
      },
      server.neighbours,
    );
    const { subscriptions } = this.#clients;
    this.#keeper = new Keeper({
      peers,
      limits,
      turn,
      counters,
      store,
      pending,
      sequencer,
      recent,
      alarm: this.#alarm,
      service: this.#service,
      storage,
      eraseSeconds,
      keeping: this.#keeping,
      keepingChange: this.#keepingChange,
      neighbours: this.#neighbours,
      silenceMillis: () => this.#clients.silenceMillis,
      taken: (accepted) => {
        if (subscriptions.count === 0) return;
        for (const { report, before, lapsed } of accepted)
          if (lapsed !== undefined || isNews(report, before)) subscriptions.note(report, before, lapsed);
      },
    });
    for (const connection of resumed) this.#resume(connection);
    if (this.isDrained) this.#clients.dismiss(this.#outOfService);
    // The alarm that would look after them is not served (ST11).
    if (!storage.takesWrites) this.#neighbours.assumeAllBehind();
    else this.#foundAlarmMillis = alarmAtMillis;
    this.#wakeMillis = peers.wakeSeconds * 1000;
  }

  /**
   * One turn. `nowMillis` is POSIX milliseconds. The effects are to be carried out in order.
   * Throws what the store throws; the server must not be used after that.
   */
  turn(nowMillis: number, events: readonly HerdEvent[]): Effect[] {
    this.#output.begin(nowMillis);
    this.#beginLife();
    this.#clients.expire();
    // Before what arrives takes their place.
    this.#tellLapsed();
    for (const event of events) this.#hear(event);
    this.#clients.endOverdue();
    this.#clients.lookForSilences();
    this.#keeper.keep();
    this.#clients.answer();
    this.#neighbours.answer();
    if (!this.#storage.takesReports) this.#neighbours.restInbound(this.#takesNoReports);
    this.#storage.tryIfDue();
    if (this.isDrained) this.#neighbours.rest(this.#outOfService);
    else this.#neighbours.flow();
    if (this.takesWrites) this.#keepUp();
    this.#digest.step(this.#store, this.pending.unflushed, this.#scanReports, this.#output.steadyMillis);
    return this.#output.take();
  }

  /** When a turn is due although nothing arrived; Infinity if the durable alarm is soon enough. POSIX milliseconds. */
  get nextTurnMillis(): number {
    const { nowMillis, steadyMillis } = this.#output;
    if (this.#keeper.dueMillis <= steadyMillis || this.#lapsed.length > 0) return nowMillis;
    const { nextFlowMillis, isAnyLinked, dueMillis } = this.#neighbours;
    const { takesWrites, nextTryMillis } = this.#storage;
    const isLate = !isAnyLinked && nextFlowMillis > steadyMillis + HIBERNATION_MILLIS;
    const isForAlarm = this.isDrained || (isLate && takesWrites);
    const flowMillis = isForAlarm ? Infinity : nextFlowMillis;
    const ownMillis = takesWrites ? Math.min(dueMillis, this.#store.nextUpkeepMillis) : nextTryMillis;
    const serveMillis = Math.min(this.#clients.dueMillis, this.#digest.nextStepMillis);
    const waitMillis = Math.min(flowMillis, ownMillis, serveMillis, this.#keeper.dueMillis);
    const wallMillis = this.#output.wallMillisOf(waitMillis);
    return Math.min(wallMillis, this.#expiryTurnMillis, this.#silenceTurnMillis, this.#eraseTurnMillis);
  }

  /** When a pass of erasing is due that has not begun. */
  get #eraseTurnMillis(): number {
    const { isErasing, isMoving, eraseMillis } = this.#store;
    if (isErasing || isMoving || !this.takesWrites || this.#alarm.ringsBy(eraseMillis)) return Infinity;
    return eraseMillis;
  }

  /** A timer would keep an idle server awake. The alarm stands for what is late. */
  get #silenceTurnMillis(): number {
    const lookMillis = this.#output.wallMillisOf(this.#clients.silenceMillis);
    return this.takesWrites && this.#alarm.ringsBy(lookMillis) ? Infinity : lookMillis;
  }

  /** A token that ends after an idle server has left memory waits for the next thing that wakes it: a timer would keep it awake. */
  get #expiryTurnMillis(): number {
    const { nextExpiryMillis } = this.#clients;
    return nextExpiryMillis > this.#output.nowMillis + HIBERNATION_MILLIS ? Infinity : nextExpiryMillis;
  }

  /** An id for a connection that the world brings. Ids grow, which tells the newer of two links. */
  newConnection(): ConnectionId {
    return ++this.#lastConnection;
  }

  /** Whether it takes reports (ST2, ST7). */
  get takesReports(): boolean {
    return this.#storage.takesReports;
  }

  /** Whether it writes anything: not after its storage refused a write, until that takes writes again (ST2). */
  get takesWrites(): boolean {
    return this.#storage.takesWrites;
  }

  get storageState(): StorageState {
    return this.#storage.state;
  }

  /** Why it does not take every report; `undefined` if it does. */
  get storageProblem(): string | undefined {
    return this.#storage.problem;
  }

  /** Whether an operator has taken it out of service (ED5). */
  get isDrained(): boolean {
    return this.#service.isDrained;
  }

  /** `nowMillis`: between turns. */
  status(nowMillis = this.#output.nowMillis): ServerStatus {
    this.#output.begin(nowMillis);
    const { epoch, starts, lastSeq } = this.#sequencer.current;
    return {
      server: this.name,
      isDrained: this.isDrained,
      epoch,
      incarnation: this.incarnation,
      starts,
      clients: this.#knownClients,
      storage: this.storageState,
      storageProblem: this.storageProblem ?? null,
      isMoving: this.#store.isMoving,
      connections: this.#clients.count,
      watches: this.#clients.subscriptions.count,
      lastSeq,
      digest: this.#digest.value,
      neighbours: this.#neighbours.status(),
      counters: this.counters.status(),
    };
  }

  /** What is past keeping and not erased yet is not told apart until the digest is made. */
  get #knownClients(): number {
    const counted = this.#keeping.keepMillis === Infinity ? null : this.#digest.reports;
    return counted ?? this.#sequencer.current.clients + this.pending.newClientCount;
  }

  /** A page of the reports held; `undefined` if that is too much for the address now. Between turns. */
  reportsPage(
    after: string | undefined,
    count: number,
    address: string | undefined,
    nowMillis: number,
  ): AgedReportsPage | undefined {
    const commands = Math.ceil(count / REPORTS_OF_A_COMMAND);
    this.#output.begin(nowMillis);
    if (!this.#clients.rates.admits(address, commands, this.#output.steadyMillis)) return undefined;
    return withAges(reportsPage(this.#store, this.pending.unflushed, this.#keeping, after, count), nowMillis);
  }

  /** In the first turn of a life: only then is there a clock. */
  #beginLife(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    if (this.#keepingChange.begin(this.#output.nowMillis)) this.#beginEpoch("reports are kept for longer than before");
    this.#judgeFoundAlarm();
  }

  /** An alarm that stood at the start is for neighbours that are behind, or for a silence or for erasing: then it may be further away. */
  #judgeFoundAlarm(): void {
    const foundMillis = this.#foundAlarmMillis;
    if (foundMillis === undefined) return;
    const isForSilence = foundMillis > this.#output.nowMillis + this.#wakeMillis && this.#sequencer.isQuietSinceAlarm;
    if (!isForSilence) this.#neighbours.assumeReachableBehind();
  }

  #tellStart(): void {
    const { epoch, starts, clients } = this.#sequencer.current;
    const { incarnation } = this;
    const isDrained = this.isDrained && ({ isDrained: true } as const);
    this.#output.log({ event: "started", epoch, incarnation, starts, clients, ...isDrained });
    if (this.#store.isMoving) this.#output.log({ event: "move begun" });
  }

  #keepUp(): void {
    const wasMoving = this.#store.isMoving;
    this.#store.keepUp(this.#output.steadyMillis);
    if (wasMoving && !this.#store.isMoving) this.#output.log({ event: "move ended" });
    this.#erase();
  }

  #erase(): void {
    const step = this.#store.erase(this.#output, this.#keeping);
    if (step === undefined) return;
    if (this.#clients.subscriptions.count > 0) this.#lapsed.push(...step.lapsed);
    if (step.lapsed.length > 0) this.#sequencer.noteErased(step.lapsed.length);
    if (step.ended !== undefined) this.#output.log({ event: "erased", ...step.ended });
  }

  #tellLapsed(): void {
    for (const report of this.#lapsed.splice(0))
      if (!this.pending.hasNewer(report)) this.#clients.subscriptions.note(lapseOf(report), report);
  }

  #table() {
    const { pending } = this;
    return {
      get isComplete() {
        return pending.unflushedCount === 0;
      },
      complete: () => this.#keeper.askFlush(),
      scan: (afterClient: string | undefined, count: number) => this.#store.scan(afterClient, count),
    };
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
        if (this.isDrained) return this.#neighbours.turnAway(event.connection, event.hello, this.#outOfService);
        if (!this.takesReports) return this.#neighbours.turnAway(event.connection, event.hello, this.#takesNoReports);
        return this.#neighbours.greet(event.connection, event.hello);
      case "alarm":
        this.#alarm.ring(this.#sequencer.isQuietSinceAlarm);
        this.#sequencer.noteAlarm();
        return this.#neighbours.assumeAllBehind();
      case "closed":
        if (!this.#clients.lose(event.connection, event.reason))
          this.#neighbours.feedOf(event.connection)?.lose(event.reason);
        return;
      case "frame":
        // A feed speaks text; bytes are then a frame that is not understood.
        return this.#neighbours.hear(event.connection, typeof event.data === "string" ? event.data : "");
      case "digest asked":
        return this.#digest.ask(this.#output.steadyMillis);
      case "storage tried":
        return this.#hearTried(event.problem);
      case "commit asked":
        return this.#sequencer.askWrite();
      case "storage restored":
        return this.#beginEpoch("an operator has restored the storage");
      case "connected":
        this.#clients.hear(event);
        if (this.isDrained) this.#clients.dismiss(this.#outOfService);
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

  get #takesNoReports(): CloseReason {
    return takesNoReports(this.name, this.storageProblem ?? "");
  }

  /** This turn makes a commit, which may be refused again. Each neighbour is dialled, so that it sends what it has kept. */
  #hearTried(problem: string | undefined): void {
    if (!this.#storage.tried(problem)) return;
    this.#sequencer.askWrite();
    this.#neighbours.resetAllProgress("the storage takes writes again");
  }

  /** All that it holds is made durable, and what was heard before this is still answered. Links close when the turn ends. */
  #drain(): void {
    if (!this.takesWrites || !this.#service.change(true)) return;
    this.#keeper.askFlush();
    this.#output.log({ event: "drained", connections: this.#clients.count });
    this.#clients.dismiss(this.#outOfService);
  }

  /** Each neighbour is dialled, whatever was known of it. So it learns that this server is back, and sends what is missing. */
  #resumeService(): void {
    if (!this.takesWrites || !this.#service.change(false)) return;
    this.#output.log({ event: "resumed" });
    this.#neighbours.resetAllProgress("resumed");
  }

  /** At a neighbour's word. An epoch makes every neighbour take everything again, so it is not begun for each word. */
  #beginEpochUnasked(reason: string): boolean {
    const { steadyMillis } = this.#output;
    if (steadyMillis < this.#nextEpochMillis) return false;
    this.#nextEpochMillis = steadyMillis + EPOCH_MILLIS;
    this.#beginEpoch(reason);
    return true;
  }

  #beginEpoch(reason: string): void {
    this.#sequencer.beginEpoch();
    this.#output.log({ event: "epoch begun", epoch: this.#sequencer.current.epoch, reason });
    this.#neighbours.resetAllProgress("a new epoch has begun");
  }
}

/** Whether clients are shown something else than before: not where a report stays although its client was forgotten before it (FG5). */
function isNews(report: Report, before: Report | undefined): boolean {
  if (before === undefined || (report.forgotKey === "" && before.forgotKey === "")) return true;
  return toldLine(report) !== toldLine(before);
}
