// One server, Alford, over a store in memory, with everybody else played by the test.
//
// What the test says runs one turn at once; `inOneTurn` makes several things arrive together. What the server sends
// waits in the connection that it was sent to until the test hears it. Time moves only by `advance`, which runs every turn
// and rings every alarm that falls due on the way. The clock starts at 1000 s, so `IAMAT ada +1-1 990` has a skew of 10 s.

import {
  TRANSPORTS,
  type ClockPolicy,
  type ConnectionId,
  type TransportKind,
  type UnknownPolicy,
} from "../../src/core/protocol/connection.ts";
import type { Effect, HerdEvent } from "../../src/core/contract/events.ts";
import { parseHerdConfig, type HerdConfig } from "../../src/core/config/herd-config.ts";
import type { Hello } from "../../src/core/protocol/frame.ts";
import { HerdServer } from "../../src/core/server/herd-server.ts";
import { TurnLoop } from "../../src/core/server/turn-loop.ts";
import { saysWhere, type LogEntry, type LogLevel } from "../../src/core/contract/log-entry.ts";
import type { Permissions } from "../../src/core/access/permissions.ts";
import type { PlacesAnswer, PlacesQuery, ProviderFailure } from "../../src/core/protocol/places.ts";
import type { CommitRow, PageRow } from "../../src/core/storage/rows.ts";
import type { RefusedWrite } from "../../src/core/store/report-store.ts";
import { ManualTimer } from "./manual-timer.ts";
import { MemoryReportStore } from "./memory-report-store.ts";
import { MemoryRows } from "./memory-rows.ts";
import { ScriptedClient, type ScriptedConnection } from "./scripted-connections.ts";
import { FeedLink, ScriptedNeighbour } from "./scripted-neighbour.ts";

const START_MILLIS = 1_000_000;

/** More turns than any test needs without time going by: the server spins. */
const TURNS_AT_ONCE_MAX = 1000;

export interface HarnessSettings {
  /** Parts of the configuration; what is left out has its default. */
  readonly limits?: Partial<HerdConfig["limits"]>;
  readonly peers?: Partial<HerdConfig["peers"]>;
  readonly storage?: Partial<HerdConfig["storage"]>;
  readonly unknown?: UnknownPolicy;
  readonly auth?: Partial<NonNullable<HerdConfig["auth"]>>;
  readonly logLevel?: LogLevel;
  /** The herd has no other server. */
  readonly isAlone?: boolean;
}

export interface ClientSettings {
  readonly via?: TransportKind;
  readonly unknown?: UnknownPolicy;
  readonly reasons?: boolean;
  readonly clock?: ClockPolicy;
  readonly permissions?: Permissions | undefined;
  /** Without one it is of the herd's own machine. */
  readonly address?: string;
}

/** Rows that are counted as they are billed: each row of a table, and each setting of the alarm. */
class CountedRows extends MemoryRows {
  written = 0;
  alarmWrites = 0;

  override putCommit(row: CommitRow): void {
    this.written++;
    super.putCommit(row);
  }

  override putPage(page: PageRow): void {
    this.written++;
    super.putPage(page);
  }

  override wakeAt(millis: number | undefined): void {
    this.written++;
    this.alarmWrites++;
    super.wakeAt(millis);
  }
}

/** A store whose commits are counted, and can be made to fail after their body ran. */
class HarnessStore extends MemoryReportStore {
  failure: Error | undefined;
  commits = 0;
  reads = 0;
  readonly #counted: CountedRows;
  readonly #storage: HerdConfig["storage"];

  constructor(rows: CountedRows, storage: HerdConfig["storage"]) {
    super(rows, storage);
    this.#counted = rows;
    this.#storage = storage;
  }

  get rowsWritten(): number {
    return this.#counted.written;
  }

  get alarmWrites(): number {
    return this.#counted.alarmWrites;
  }

  /** What the next life opens: its memory is new, the rows are the same. */
  reopened(): HarnessStore {
    const next = new HarnessStore(this.#counted, this.#storage);
    next.failure = this.failure;
    next.commits = this.commits;
    next.reads = this.reads;
    return next;
  }

  override find(client: string) {
    this.reads++;
    return super.find(client);
  }

  override transact(body: () => void): void {
    super.transact(() => {
      body();
      if (this.failure !== undefined) throw this.failure;
    });
    this.commits++;
  }
}

export class CoreHarness {
  store: HarnessStore;
  /** How often the server asked whether its storage takes writes, since the test last answered. */
  storageTries = 0;
  /** The log of all lives. */
  log: LogEntry[] = [];
  readonly parker = new ScriptedNeighbour(this, "Parker");
  readonly powell = new ScriptedNeighbour(this, "Powell");
  nowMillis = START_MILLIS;
  /** What the next life is told of writes that the storage refused. */
  refusedWrite: RefusedWrite | undefined;
  server: HerdServer;
  #loop: TurnLoop;
  readonly #timer = new ManualTimer();
  #config: HerdConfig;
  readonly #logLevel: LogLevel;
  readonly #random = seededRandom(20_261_122);
  readonly #connections = new Map<ConnectionId, ScriptedConnection>();
  readonly #queries: { readonly query: number; readonly request: PlacesQuery }[] = [];
  /** What was sent on a connection and waits unread. */
  readonly unread = new Map<ConnectionId, number>();
  #arriving: HerdEvent[] | undefined;

  constructor({ limits, peers, storage, unknown, auth, logLevel = "events", isAlone = false }: HarnessSettings = {}) {
    const herd = [
      { name: "Alford", neighbours: ["Parker", "Powell"] },
      { name: "Parker", neighbours: ["Alford"] },
      { name: "Powell", neighbours: ["Alford"] },
    ];
    const servers = isAlone ? [{ name: "Alford", neighbours: [] }] : herd;
    this.#config = parseHerdConfig({
      servers,
      limits,
      peers,
      storage,
      auth,
      ...(unknown !== undefined && { unknown }),
    });
    this.#logLevel = logLevel;
    this.store = new HarnessStore(new CountedRows(), this.#config.storage);
    this.server = this.#start([]);
    this.#loop = this.#makeLoop();
    this.turn();
  }

  /** Ends this life, as a crash or an eviction does, and starts the next; only hibernating connections outlive it. */
  restart(...hibernating: readonly ScriptedConnection[]): void {
    this.#connections.clear();
    this.#queries.length = 0;
    for (const neighbour of [this.parker, this.powell]) neighbour.forgetDials();
    for (const connection of hibernating) this.adopt(connection);
    this.#loop.end();
    this.store = this.store.reopened();
    this.server = this.#start(hibernating);
    this.#loop = this.#makeLoop();
    this.turn();
  }

  /** The next life is another deployment, in which reports are kept for so many seconds. */
  keepFor(keepSeconds: number): void {
    this.#config = { ...this.#config, limits: { ...this.#config.limits, keepSeconds } };
    this.restart();
  }

  /** The storage refuses a write: the turn throws, and the next life is told of it. */
  refuseWrites(times = 1): void {
    this.store.failure = new Error("database or disk is full");
    this.refusedWrite = { reason: this.store.failure.message, times };
    this.restart();
  }

  /** The server tries its storage, and this comes of it. */
  answerTry(problem?: string): void {
    if (this.storageTries === 0) throw new Error("Expected the server to try its storage");
    this.storageTries = 0;
    if (problem === undefined) this.store.failure = undefined;
    this.turn({ type: "storage tried", problem });
  }

  /** Ends this life, and the next starts on empty storage. */
  loseStorage(): void {
    this.store = new HarnessStore(new CountedRows(), this.#config.storage);
    this.restart();
  }

  /**
   * One turn, whether anything arrived or not. After each an alarm stands if any neighbour is known to be behind (CU4), and
   * none if the server is out of service. A server that writes nothing can set none.
   */
  turn(...events: readonly HerdEvent[]): void {
    this.#loop.turnNow(...events);
    this.#checkAlarm();
  }

  #checkAlarm(): void {
    const isAnyBehind = this.server.status().neighbours.some(({ isCaughtUp }) => isCaughtUp === false);
    const isStanding = this.store.alarmAtMillis !== undefined && this.store.eraseMillis === Infinity;
    if (this.server.isDrained && isStanding && this.server.nextTurnMillis > this.nowMillis)
      throw new Error("Expected no alarm while the server is out of service");
    const isToWake = !this.server.isDrained && this.server.takesWrites;
    if (isToWake && isAnyBehind && this.store.alarmAtMillis === undefined)
      throw new Error("Expected an alarm while a neighbour is behind");
  }

  /** What arrives from a connection: a turn of its own, unless it is held together with more. */
  arrive(event: HerdEvent): void {
    if (this.#arriving !== undefined) return void this.#arriving.push(event);
    this.#loop.hear(event);
    // A lone message has had its turn already.
    if (this.#timer.dueMillis === 0) this.#timer.ringIfDue(this.nowMillis);
    this.#checkAlarm();
  }

  inOneTurn(say: () => void): void {
    const arriving: HerdEvent[] = [];
    this.#arriving = arriving;
    try {
      say();
    } finally {
      this.#arriving = undefined;
    }
    this.turn(...arriving);
  }

  /** Lets time go by. With 0, runs what is due now. */
  advance(millis: number): void {
    this.advanceTo(this.nowMillis + millis);
  }

  /** Lets time go by until then: every turn and the alarm come when they are due. */
  advanceTo(endMillis: number): void {
    for (let turns = 0; ; turns++) {
      const alarmMillis = this.store.alarmAtMillis ?? Infinity;
      const dueMillis = Math.min(this.#timer.dueMillis, alarmMillis);
      if (dueMillis > endMillis) break;
      turns = dueMillis > this.nowMillis ? 0 : turns;
      if (turns > TURNS_AT_ONCE_MAX) throw new Error(`The server does not come to rest at ${this.nowMillis} ms`);
      this.nowMillis = Math.max(this.nowMillis, dueMillis);
      if (alarmMillis <= this.nowMillis) this.ringAlarm();
      else this.#timer.ringIfDue(this.nowMillis);
      this.#checkAlarm();
    }
    this.nowMillis = endMillis;
  }

  /** Lets time go by until the server tries that neighbour again. */
  advanceToRetry(neighbour: ScriptedNeighbour): void {
    const { nextRetryMillis } = this.statusOf(neighbour);
    if (nextRetryMillis === null) throw new Error(`Expected ${neighbour.name} to be tried again`);
    this.advanceTo(nextRetryMillis);
  }

  advanceToAlarm(): void {
    if (this.store.alarmAtMillis === undefined) throw new Error("Expected an alarm");
    this.advanceTo(this.store.alarmAtMillis);
  }

  ringAlarm(): void {
    this.store.alarmAtMillis = undefined;
    this.turn({ type: "alarm" });
  }

  client({ via = "websocket", ...context }: ClientSettings = {}) {
    const client = new ScriptedClient(this, this.server.newConnection(), context);
    this.adopt(client);
    this.arrive({ type: "connected", connection: client.id, transport: TRANSPORTS[via], ...context });
    return client;
  }

  /** Another far end of the same connection, open: for one whose end the server did not hear of. */
  sameLinkAgain({ id, hello }: FeedLink, changes: Partial<Hello> = {}): FeedLink {
    return new FeedLink(this, id, { ...hello, ...changes });
  }

  adopt(connection: ScriptedConnection): void {
    this.#connections.set(connection.id, connection);
  }

  expectNoQuery(): void {
    if (this.#queries.length > 0) throw new Error("Expected no question about places");
  }

  /** The oldest question about places that nobody has answered yet. */
  takeQuery(): PlacesQuery & { answer(answer: PlacesAnswer, failures?: readonly ProviderFailure[]): void } {
    const asked = this.#queries.shift();
    if (asked === undefined) throw new Error("Expected a question about places, but none was asked");
    const answer = (given: PlacesAnswer, failures: readonly ProviderFailure[] = []) =>
      this.arrive({ type: "places answered", query: asked.query, provider: "the test", failures, answer: given });
    return { ...asked.request, answer };
  }

  /** What the log says of one kind of event. */
  logged<Event extends LogEntry["event"]>(event: Event): Extract<LogEntry, { event: Event }>[] {
    return this.log.filter((entry): entry is Extract<LogEntry, { event: Event }> => entry.event === event);
  }

  statusOf(neighbour: ScriptedNeighbour) {
    const found = this.server.status().neighbours.find(({ neighbour: name }) => name === neighbour.name);
    if (found === undefined) throw new Error(`Expected a status of ${neighbour.name}`);
    return found;
  }

  #start(hibernating: readonly ScriptedConnection[]): HerdServer {
    return new HerdServer({
      name: "Alford",
      config: this.#config,
      store: this.store,
      logLevel: this.#logLevel,
      alarmAtMillis: this.store.alarmAtMillis,
      refusedWrite: this.refusedWrite,
      resumed: hibernating.map((connection) => connection.resumedAs()),
      random: this.#random,
      bufferedBytes: (connection) => this.unread.get(connection) ?? 0,
    });
  }

  #makeLoop(): TurnLoop {
    return new TurnLoop(this.server, {
      now: () => this.nowMillis,
      setTimer: (atMillis, ring) => this.#timer.setTimer(atMillis, ring),
      clearTimer: () => this.#timer.clearTimer(),
      carryOut: (effects) => {
        for (const effect of effects) this.#carryOut(effect);
      },
      died: (error) => {
        throw error;
      },
    });
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case "send":
        return this.#connections.get(effect.connection)?.receive(effect.data);
      case "close":
        return this.#connections.get(effect.connection)?.beClosed(effect.reason);
      case "dial":
        return (effect.neighbour === "Parker" ? this.parker : this.powell).beDialled(effect.connection, effect.hello);
      case "remember subscriptions":
        return this.#connections.get(effect.connection)?.remember(effect.watches);
      case "ask places":
        this.#queries.push(effect);
        return;
      case "try storage":
        this.storageTries++;
        return;
      case "log":
        this.log.push(effect.entry);
        return;
      case "forget in log":
        this.log = this.log.filter((entry) => !saysWhere(entry, effect.clients));
        return;
      default:
        effect satisfies never;
    }
  }
}

/** `IAMAT` of that client and time, from where all of them are. */
export function iamat(client: string, time: string | number): string {
  return `IAMAT ${client} +1-1 ${time}`;
}

/** The AT line that `iamat` is answered at 1000 s. */
export function at(client: string, time: number, server = "Alford"): string {
  return `AT ${server} +${1000 - time}.000000000 ${client} +1-1 ${time}`;
}

/** Mulberry32: small, and the same everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
