// One incarnation of a server, its time in memory: the core's turn loop in a world whose time, disk and network belong to the run.
//
// Like the platform's output gate, it holds back the effects of a turn until the commit of that turn is durable.

import type { ConnectionId } from "../../src/core/protocol/connection.ts";
import type { Effect, HerdEvent, ResumedConnection } from "../../src/core/contract/events.ts";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { HerdServer } from "../../src/core/server/herd-server.ts";
import { TurnLoop } from "../../src/core/server/turn-loop.ts";
import type { LogLevel } from "../../src/core/contract/log-entry.ts";
import type { PlacesAnswer } from "../../src/core/protocol/places.ts";
import type { ConnectionEnd } from "./connection.ts";
import type { Disk } from "./disk.ts";
import type { CrashMoment } from "./action.ts";
import type { Random } from "./random.ts";
import { ToldRate } from "./told-rate.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

/** What an incarnation needs of its server. */
export interface IncarnationHost {
  readonly name: string;
  readonly config: HerdConfig;
  readonly logLevel: LogLevel;
  readonly world: World;
  readonly disk: Disk;
  /** What is drawn for this server as the run goes on. */
  readonly random: Random;
  /** How far its clock is off. */
  readonly clockMillis: number;
  /** How late its turns come, beside what is due. */
  turnDelayMillis(): number;
  commitMillis(): number;
  placesMillis(): number;
  dial(effect: Extract<Effect, { type: "dial" }>, incarnation: Incarnation): ConnectionEnd;
  /** A turn that wrote something comes to this moment. */
  comesTo(moment: CrashMoment): void;
  /** The first commit not durable yet is durable now. */
  confirm(): void;
  /** What a connection watches, for the next incarnation. */
  remember(effect: Extract<Effect, { type: "remember subscriptions" }>): void;
  /** Whether a client at this end only watches. */
  isWatcher(end: ConnectionEnd): boolean;
  /** What waits unread on a connection. */
  bufferedBytes(connection: ConnectionId): number;
  /** It takes no reports at this moment. */
  isReadOnly(): void;
  /** How long it takes to find out whether the storage takes writes. */
  trialMillis(): number;
  /** A message leaves to a client that only watches. */
  tells(data: string): void;
  /** A message leaves to another client. */
  answers(data: string): void;
  /** The disk refuses what a turn wrote: none of its effects leaves. */
  isRefused(): void;
  /** The server logs that a link failed. */
  linkFailed(reason: string): void;
  /** A turn threw. */
  died(error: unknown): void;
  rests(): void;
}

/** A server waits for a silence so long at most; for a later one the alarm stands (WT25). */
const SILENCE_SECONDS = 10;

const NO_PLACES: PlacesAnswer = { html_attributions: [], results: [], status: "ZERO_RESULTS" };

export class Incarnation {
  readonly #host: IncarnationHost;
  readonly #server: HerdServer;
  readonly #ends = new Map<ConnectionId, ConnectionEnd>();
  readonly #clients = new Set<ConnectionId>();
  /** Of them, those that only watch. */
  readonly #watchers = new Set<ConnectionId>();
  readonly #dialled = new Set<ConnectionEnd>();
  readonly #toldRate: ToldRate;
  readonly #loop: TurnLoop;
  /** Names the timer that is set: one that was set before it rings for nobody. */
  #timerTicket = 0;
  #unconfirmedTurns = 0;
  #durableAtMillis = 0;
  #placesAsked = 0;
  #storageTries = 0;
  #isOver = false;

  /** `resumed`: the connections that outlived the incarnation before. The first turn is the caller's to run. */
  constructor(host: IncarnationHost, resumed: ReadonlyMap<ConnectionEnd, ResumedConnection>) {
    this.#host = host;
    const { isKnownToRefuse, isFull, refusals } = host.disk;
    // It tries its storage as it starts. After several refusals in a row it does not believe that.
    const isReadOnly = isKnownToRefuse && (isFull || refusals % 3 === 0);
    this.#server = new HerdServer({
      name: host.name,
      config: host.config,
      store: host.disk.open(),
      logLevel: host.logLevel,
      alarmAtMillis: host.disk.alarmAtMillis,
      refusedWrite: isReadOnly ? { reason: "the disk is full", times: refusals } : undefined,
      resumed: [...resumed.values()],
      random: () => host.random.next(),
      bufferedBytes: (connection) => host.bufferedBytes(connection),
    });
    this.#loop = this.#makeLoop();
    this.#toldRate = new ToldRate(host.config.limits.watchPerSecond);
    for (const [end, { type, connection }] of resumed) {
      this.#ends.set(connection, end);
      if (type === "client") this.#clients.add(connection);
      if (host.isWatcher(end)) this.#watchers.add(connection);
    }
  }

  get takesWrites(): boolean {
    return this.#server.takesWrites;
  }

  /** Whether it would leave memory, if nothing comes: a dialled link, a timer or a request under way keeps it there. */
  get isIdle(): boolean {
    const isWaiting = this.#unconfirmedTurns + this.#placesAsked + this.#storageTries > 0;
    const isBusy = !this.#loop.isIdle || isWaiting;
    return !isBusy && [...this.#dialled].every((end) => !end.isOpen);
  }

  get nowMillis(): number {
    return this.#host.world.nowMillis + this.#host.clockMillis;
  }

  /** Asks for the digest of what it holds, which it then keeps for a while. */
  askDigest(): void {
    this.hear({ type: "digest asked" });
  }

  get digest(): string | null {
    return this.#server.status(this.nowMillis).digest;
  }

  /** All the reports that it holds. */
  page(): readonly string[] {
    this.#toldRate.tick(this.nowMillis);
    return this.#server.reportsPage(undefined, Infinity, undefined, this.nowMillis)?.reports ?? [];
  }

  hear(event: HerdEvent): void {
    this.#loop.hear(event);
  }

  /** A connection came, of a client or a neighbour. */
  open(end: ConnectionEnd, isClient: boolean): ConnectionId {
    const connection = this.#server.newConnection();
    this.#ends.set(connection, end);
    if (isClient) this.#clients.add(connection);
    if (this.#host.isWatcher(end)) this.#watchers.add(connection);
    return connection;
  }

  lose(connection: ConnectionId, reason: string): void {
    this.#ends.delete(connection);
    this.hear({ type: "closed", connection, reason });
  }

  ring(): void {
    // As the object does.
    this.#loop.turnNow({ type: "alarm" }, { type: "commit asked" });
  }

  /** The incarnation is over: its dialled connections break off, and nothing that it planned happens. */
  end(lateMillis: number): void {
    this.#isOver = true;
    this.#loop.end();
    for (const end of this.#dialled) end.abandon(lateMillis);
  }

  /** The first turn, which tells what the start made it do. */
  start(): void {
    this.#loop.turnNow();
  }

  #makeLoop(): TurnLoop {
    const { world } = this.#host;
    const server = this.#server;
    let eventCount = 0;
    const counted = {
      turn: (nowMillis: number, events: readonly HerdEvent[]) => {
        eventCount = events.length;
        this.#toldRate.tick(nowMillis);
        if (!server.takesReports) this.#host.isReadOnly();
        const effects = server.turn(nowMillis, events);
        this.#demandWait(nowMillis);
        return effects;
      },
      get nextTurnMillis() {
        return server.nextTurnMillis;
      },
    };
    return new TurnLoop(counted, {
      now: () => this.nowMillis,
      setTimer: (atMillis, ring) => {
        const ticket = ++this.#timerTicket;
        world.at(Math.max(world.nowMillis, atMillis - this.#host.clockMillis) + this.#host.turnDelayMillis(), () => {
          if (ticket === this.#timerTicket) ring();
        });
      },
      clearTimer: () => {
        this.#timerTicket++;
      },
      carryOut: (effects) => this.#commit(effects, eventCount),
      died: (error) => this.#host.died(error),
    });
  }

  /** No wait is longer than a setting allows, whatever becomes of the clock (LI26). */
  #demandWait(nowMillis: number): void {
    const { peers, limits } = this.#host.config;
    const longestSeconds = Math.max(
      peers.answerSeconds + peers.writeBehindSeconds,
      peers.idleSeconds,
      peers.retrySecondsMax,
      peers.writeBehindQuietSeconds,
      limits.watchStallSeconds,
      SILENCE_SECONDS,
    );
    const waitMillis = this.#server.nextTurnMillis - nowMillis;
    // The time between two tries of its storage grows.
    if (waitMillis !== Infinity && waitMillis > longestSeconds * 1000 && this.takesWrites)
      throw new Violation("LI26", `${this.#host.name} waits for ${waitMillis} ms`);
  }

  #commit(effects: readonly Effect[], eventCount: number): void {
    const host = this.#host;
    this.#countTold(effects);
    if (host.disk.refuses()) return host.isRefused();
    const hasWritten = host.disk.endTurn();
    host.world.tell(host.name, `takes a turn of ${eventCount} events${hasWritten ? " and a commit" : ""}`);
    if (hasWritten) host.comesTo("before the commit is durable");
    if (!this.#isOver) this.#leaveOnceDurable(hasWritten, effects);
  }

  #leaveOnceDurable(hasWritten: boolean, effects: readonly Effect[]): void {
    const host = this.#host;
    this.#unconfirmedTurns++;
    this.#durableAtMillis = Math.max(
      this.#durableAtMillis,
      host.world.nowMillis + (hasWritten ? host.commitMillis() : 0),
    );
    host.world.at(this.#durableAtMillis, () => {
      if (this.#isOver) return;
      this.#unconfirmedTurns--;
      if (hasWritten) host.confirm();
      if (hasWritten) host.comesTo("before the effects");
      effects.forEach((effect, index) => {
        if (hasWritten && index === effects.length >>> 1) host.comesTo("among the effects");
        if (!this.#isOver) this.#carryOut(effect);
      });
      if (effects.some(isSync)) host.comesTo("after a SYNC");
      if (!this.#isOver && this.isIdle) host.rests();
    });
  }

  #carryOut(effect: Effect): void {
    const { world, name } = this.#host;
    switch (effect.type) {
      case "send":
        world.tell(name, `> ${effect.connection} ${String(effect.data)}`);
        this.#noteSent(effect.connection, String(effect.data));
        return this.#ends.get(effect.connection)?.send(effect.data);
      case "close":
        world.tell(name, `closes ${effect.connection}: ${effect.reason.text}`);
        this.#ends.get(effect.connection)?.close(effect.reason.text);
        this.#ends.delete(effect.connection);
        return;
      case "dial": {
        const end = this.#host.dial(effect, this);
        this.#ends.set(effect.connection, end);
        this.#dialled.add(end);
        return;
      }
      case "remember subscriptions":
        return this.#host.remember(effect);
      case "ask places":
        return this.#askPlaces(effect.query);
      case "try storage":
        return this.#tryStorage();
      case "log":
        world.tell(name, JSON.stringify(effect.entry));
        if (effect.entry.event === "link down" && effect.entry.retryInSeconds !== undefined)
          this.#host.linkFailed(effect.entry.reason);
        return;
      case "forget in log":
        return;
      default:
        effect satisfies never;
    }
  }

  #noteSent(connection: ConnectionId, data: string): void {
    if (!this.#clients.has(connection)) return;
    if (this.#watchers.has(connection)) this.#host.tells(data);
    else this.#host.answers(data);
  }

  /** As the turn decided it: when it leaves depends on the commit. */
  #countTold(effects: readonly Effect[]): void {
    for (const effect of effects)
      if (effect.type === "send" && this.#watchers.has(effect.connection))
        this.#toldRate.count(effect.connection, String(effect.data));
  }

  #askPlaces(query: number): void {
    this.#placesAsked++;
    this.#host.world.after(this.#host.placesMillis(), () => {
      this.#placesAsked--;
      this.hear({ type: "places answered", query, provider: "none", answer: NO_PLACES });
    });
  }

  #tryStorage(): void {
    this.#storageTries++;
    this.#host.world.after(this.#host.trialMillis(), () => {
      this.#storageTries--;
      this.hear({ type: "storage tried", problem: this.#host.disk.isFull ? "the disk is full" : undefined });
    });
  }
}

function isSync(effect: Effect): boolean {
  return effect.type === "send" && String(effect.data).startsWith("SYNC ");
}
