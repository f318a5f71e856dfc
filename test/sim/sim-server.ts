// A server of the herd through all its incarnations: its storage, its alarm, the connections that hibernate, its crashes.
//
// Like a Durable Object it is in memory only while there is a reason. A new connection, a message on a connection that
// hibernated, or its alarm wakes it. After a crash nothing else does (CU4).

import type { Effect, HerdEvent, ResumedConnection } from "../../src/core/contract/events.ts";
import { TRANSPORTS } from "../../src/core/protocol/connection.ts";
import { formatFacts, NO_FACTS } from "../../src/core/storage/facts.ts";
import type { NumberedReport } from "../../src/core/store/report-store.ts";
import { MemoryRows } from "../support/memory-rows.ts";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { Keeping } from "../../src/core/protocol/keeping.ts";
import type { Report } from "../../src/core/protocol/report.ts";
import type { LogLevel } from "../../src/core/contract/log-entry.ts";
import { AlarmClock } from "./alarm-clock.ts";
import type { ConnectionEnd } from "./connection.ts";
import { CommitFailed, Disk, type DiskWatch } from "./disk.ts";
import type { Ledger } from "./ledger.ts";
import type { Caller, Network } from "./network.ts";
import { isFaultFree, type SimOptions } from "./options.ts";
import { Random } from "./random.ts";
import type { Action, CrashMoment } from "./action.ts";
import { Incarnation, type IncarnationHost } from "./incarnation.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

type Crash = Extract<Action, { do: "crash" }>;

/** The platform takes an object out of memory after about so much time without work. */
const HIBERNATION_MILLIS = 10_000;
/** An operator says again after this time what was not taken. */
const OPERATOR_MILLIS = 5_000;
/** The platform rings an alarm again after this time if it was not served. */
const ALARM_RETRY_MILLIS = 2_000;

export interface SimServerOptions {
  readonly name: string;
  readonly config: HerdConfig;
  readonly options: SimOptions;
  readonly world: World;
  readonly network: Network;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly filter: DiskWatch["filter"];
}

export class SimServer implements IncarnationHost {
  readonly name: string;
  readonly config: HerdConfig;
  readonly logLevel: LogLevel;
  readonly world: World;
  readonly disk: Disk;
  readonly random: Random;
  /** The error of its clock. It changes with a crash, because the platform may start the server on another machine. */
  clockMillis = 0;
  readonly #options: SimOptions;
  readonly #network: Network;
  readonly #ledger: Ledger;
  /** The connections that others opened to it. They outlive an incarnation that ends by hibernation. */
  readonly #accepted = new Map<ConnectionEnd, ResumedConnection>();
  /** The connections that only watch. */
  readonly #watchers = new WeakSet<ConnectionEnd>();
  #incarnation: Incarnation | undefined;
  /** The crash that comes at the moment of a turn that it names. */
  #crashToCome: Crash | undefined;
  #downUntilMillis = 0;
  #slowUntilMillis = 0;
  #slowMillis = 0;
  #slowReadersUntilMillis = 0;
  /** The last command of an operator, durable or not. */
  #isDrained = false;
  #stirrings = 0;
  #fullUntilMillis = 0;
  #readOnlyMillis = -Infinity;
  /** A stream of its own, so that full storage changes no other draw. */
  readonly #storageRandom: Random;
  readonly #alarm: AlarmClock;
  /** Alarms that rang. */
  alarms = 0;
  /** When its incarnation came into memory. */
  #wokeAtMillis = 0;
  /** The time in which earlier incarnations could not hibernate. */
  #awakeMillisBefore = 0;

  constructor({ name, config, options, world, network, ledger, random, filter }: SimServerOptions) {
    this.name = name;
    this.config = config;
    this.world = world;
    this.random = random;
    this.logLevel = options.logLevel;
    this.#options = options;
    this.#network = network;
    this.#ledger = ledger;
    this.disk = new Disk({ kept: (report) => ledger.keep(name, report), filter }, config);
    this.#storageRandom = new Random(`storage of ${name} in ${options.seed}`);
    this.#takeClock();
    this.#alarm = new AlarmClock(world, () => this.#ring());
  }

  /** Its storage is of an earlier layout, with these reports. */
  bringEarlier(reports: readonly NumberedReport[]): void {
    const rows = new MemoryRows();
    const clients = reports.length;
    const head = { epoch: `earlier-${this.name}`, reservedSeq: clients, alarmSeq: 0, starts: 1 };
    const facts = formatFacts({ ...NO_FACTS, head });
    rows.putCommit({ slot: 1, number: 1, folded: 0, lastSeq: clients, clients, facts, reports: "" });
    rows.bringEarlier(reports);
    this.disk.bring(rows);
    for (const { report } of reports) this.#ledger.keep(this.name, report);
  }

  /** Brings the server into memory, unless it is down. Answers its incarnation, if there is one. */
  wake(): Incarnation | undefined {
    this.#stirrings++;
    if (this.#incarnation !== undefined || this.world.nowMillis < this.#downUntilMillis) return this.#incarnation;
    try {
      this.#incarnation = new Incarnation(this, this.#accepted);
    } catch (error) {
      this.died(error);
      return undefined;
    }
    this.#wokeAtMillis = this.world.nowMillis;
    this.#incarnation.start();
    return this.#incarnation;
  }

  /** The time up to this one in which it could not hibernate, which is billed. Pauses too short for hibernation count too. */
  awakeMillisUntil(millis: number): number {
    const present = this.#incarnation === undefined ? 0 : millis - this.#wokeAtMillis;
    return this.#awakeMillisBefore + present;
  }

  /** Takes a connection, unless it is down. */
  accept(end: ConnectionEnd, caller: Caller): boolean {
    const incarnation = this.wake();
    if (incarnation === undefined) return false;
    if (caller.type === "client" && caller.isWatcher) this.#watchers.add(end);
    const connection = incarnation.open(end, caller.type === "client");
    // What the platform remembers of the connection during hibernation.
    const resumed: ResumedConnection =
      caller.type === "client"
        ? { type: "client", connection, unknown: "reject", clock: caller.clock }
        : { ...caller, connection };
    this.#accepted.set(end, resumed);
    end.party = {
      hear: (data) =>
        this.wake()?.hear(
          caller.type === "neighbour"
            ? { type: "frame", connection, data }
            : { type: "message", connection, data, receivedMillis: this.#localMillis() },
        ),
      lose: (reason) => {
        this.#accepted.delete(end);
        // An incarnation that this wakes does not know the connection, as it is not open any more.
        const isKnown = this.#incarnation !== undefined;
        const woken = this.wake();
        if (isKnown) woken?.lose(connection, reason);
      },
    };
    incarnation.hear(greetingOf(resumed));
    return true;
  }

  crash(crash: Crash): void {
    if (crash.moment === "at once") return this.#crash(crash);
    this.#crashToCome = crash;
    if (crash.moment === "in the commit") this.disk.failAfter(0);
    if (crash.moment === "in a second commit") this.disk.failAfter(1);
  }

  slow(forMillis: number, turnMillis: number): void {
    this.world.countFault("slow server");
    this.#slowUntilMillis = this.world.nowMillis + forMillis;
    this.#slowMillis = turnMillis;
  }

  /** Every write is refused meanwhile. Two such times may overlap. */
  fillStorage(forMillis: number): void {
    this.world.countFault("full storage");
    this.world.tell(this.name, `has no room to store anything for ${forMillis} ms`);
    this.#fullUntilMillis = Math.max(this.#fullUntilMillis, this.world.nowMillis + forMillis);
    this.disk.isFull = true;
    this.world.at(this.#fullUntilMillis, () => {
      if (this.world.nowMillis >= this.#fullUntilMillis) this.disk.isFull = false;
    });
  }

  readSlowly(forMillis: number): void {
    this.world.countFault("slow reader");
    this.#slowReadersUntilMillis = this.world.nowMillis + forMillis;
  }

  /** Timers go on as they were set. The alarm rings by the clock. */
  setClock(clockMillis: number): void {
    if (clockMillis === this.clockMillis) return;
    this.world.countFault("clock set");
    this.world.tell(this.name, `has its clock set by ${clockMillis - this.clockMillis} ms`);
    this.clockMillis = clockMillis;
    this.#planAlarm();
  }

  /** All reports that it holds; none while it is down. */
  page(): readonly string[] {
    return this.wake()?.page() ?? [];
  }

  /** What it would know of each client after a crash. */
  get known(): (client: string) => Report | undefined {
    const keeping = new Keeping(this.config, { nowMillis: this.#localMillis() });
    const { durable } = this.disk;
    return (client) => {
      const held = durable.read(client);
      return held && keeping.of(held);
    };
  }

  /** Somebody looks at its status. */
  askDigest(): void {
    this.wake()?.askDigest();
  }

  /** All that it holds, and the digest that it has of that; `undefined` while it is down or asleep. */
  get holdings(): { readonly lines: readonly string[]; readonly digest: string | null } | undefined {
    const incarnation = this.#incarnation;
    return incarnation && { lines: incarnation.page(), digest: incarnation.digest };
  }

  /** It takes no reports at this moment. */
  isReadOnly(): void {
    this.#readOnlyMillis = this.world.nowMillis;
  }

  /** Whether it took no reports at that time or later. */
  wasReadOnly(sinceMillis: number): boolean {
    return this.#readOnlyMillis >= sinceMillis;
  }

  /** An operator's command fails while the server is down. Where it cannot be stored, the operator tries again (ST9). */
  setService(isDrained: boolean): void {
    const incarnation = this.wake();
    if (incarnation === undefined) return;
    this.#isDrained = isDrained;
    if (!incarnation.takesWrites)
      return this.world.after(OPERATOR_MILLIS, () => {
        if (this.#isDrained === isDrained) this.setService(isDrained);
      });
    if (isDrained) this.world.countFault("out of service");
    incarnation.hear({ type: isDrained ? "drained" : "resumed" });
  }

  /** Ends its faults. */
  heal(): void {
    this.#crashToCome = undefined;
    this.disk.failAfter(Infinity);
    this.#downUntilMillis = 0;
    this.#slowUntilMillis = 0;
    this.disk.isFull = false;
    this.#start();
    this.#planAlarm();
    // A crash may have lost the command to bring it back. A server that no operator touched has to wake by itself.
    if (this.#isDrained || this.disk.stored.readIsDrained()) this.setService(false);
  }

  isWatcher(end: ConnectionEnd): boolean {
    return this.#watchers.has(end);
  }

  bufferedBytes(connection: number): number {
    const isSlow = this.world.nowMillis < this.#slowReadersUntilMillis && connection % 2 === 0;
    return isSlow ? this.config.limits.bufferedBytes : 0;
  }

  turnDelayMillis(): number {
    const isSlow = this.world.nowMillis < this.#slowUntilMillis;
    return this.random.integer(0, isSlow ? this.#slowMillis : 1);
  }

  trialMillis(): number {
    return this.#storageRandom.integer(0, 500);
  }

  commitMillis(): number {
    return this.random.integer(0, this.#options.commitMillisMax);
  }

  placesMillis(): number {
    return this.random.integer(1, 2_000);
  }

  dial({ connection, neighbour, hello }: Extract<Effect, { type: "dial" }>, incarnation: Incarnation): ConnectionEnd {
    const end = this.#network.dial(this.name, neighbour, hello);
    end.party = {
      hear: (data) => incarnation.hear({ type: "frame", connection, data }),
      lose: (reason) => {
        if (!end.isClosed) incarnation.lose(connection, reason);
      },
    };
    return end;
  }

  comesTo(moment: CrashMoment): void {
    if (this.#crashToCome?.moment === moment) this.#crash(this.#crashToCome);
  }

  confirm(): void {
    this.disk.confirm();
    this.#planAlarm();
  }

  remember({ connection, watches }: Extract<Effect, { type: "remember subscriptions" }>): void {
    for (const [end, resumed] of this.#accepted)
      if (resumed.type === "client" && resumed.connection === connection)
        this.#accepted.set(end, { ...resumed, watches });
  }

  tells(data: string): void {
    for (const line of data.split("\n")) if (isAboutClient(line)) this.#ledger.tell(this.name, line);
  }

  answers(data: string): void {
    for (const line of data.split("\n")) if (isAboutClient(line)) this.#ledger.acknowledge(this.name, line);
  }

  /** Nothing breaks a link but the servers themselves where nothing else goes wrong. */
  linkFailed(reason: string): void {
    if (isFaultFree(this.#options)) throw new Violation("CU17", `a link of ${this.name} fails: ${reason}`);
  }

  died(error: unknown): void {
    if (!(error instanceof CommitFailed) || this.#crashToCome === undefined) throw error;
    // The commits before the failed one stay.
    this.disk.confirmAll();
    this.#crash(this.#crashToCome);
  }

  rests(): void {
    if (!this.#options.faults.hibernates) return;
    const stirrings = this.#stirrings;
    this.world.after(HIBERNATION_MILLIS, () => {
      if (stirrings !== this.#stirrings || this.#incarnation?.isIdle !== true) return;
      this.world.countFault("hibernation");
      this.world.tell(this.name, "hibernates");
      this.#incarnation.end(0);
      this.#incarnation = undefined;
      this.#awakeMillisBefore += this.world.nowMillis - this.#wokeAtMillis - HIBERNATION_MILLIS;
    });
  }

  #takeClock(): void {
    const { clockMillisMax } = this.#options.faults;
    this.clockMillis = this.random.integer(-clockMillisMax, clockMillisMax);
    if (this.clockMillis !== 0) this.world.countFault("wrong clock");
  }

  #localMillis(): number {
    return this.world.nowMillis + this.clockMillis;
  }

  /** The incarnation ends. What it learnt outlives it, but not always: the platform may start it on another machine. */
  isRefused(): void {
    if (this.#incarnation?.takesWrites === false)
      throw new Violation("ST2", `${this.name} writes though it is read-only`);
    this.world.tell(this.name, "cannot write, and starts again");
    this.disk.confirmAll();
    this.disk.isKnownToRefuse = this.#storageRandom.chance(0.8);
    this.#leaveMemory(0);
    this.disk.revert();
    this.#planAlarm();
    this.world.after(0, () => this.#start());
  }

  #leaveMemory(lateMillis: number): void {
    this.#awakeMillisBefore = this.awakeMillisUntil(this.world.nowMillis);
    this.#incarnation?.end(lateMillis);
    this.#incarnation = undefined;
    for (const end of this.#accepted.keys()) end.abandon(lateMillis);
    this.#accepted.clear();
  }

  #crash({ moment, losesStorage, downMillis, lateMillis }: Crash): void {
    this.world.countFault(losesStorage ? "storage loss" : "crash");
    this.world.tell(this.name, `crashes ${moment}${losesStorage ? " and loses its storage" : ""} for ${downMillis} ms`);
    this.#crashToCome = undefined;
    this.#leaveMemory(lateMillis);
    if (losesStorage) {
      this.disk.loseAll();
      this.#ledger.lose(this.name);
    } else this.disk.crash();
    this.#downUntilMillis = this.world.nowMillis + downMillis;
    this.#takeClock();
    this.world.at(this.#downUntilMillis, () => this.#start());
    this.#planAlarm();
  }

  /** A server that never started on its storage has no alarm yet: a request for its status wakes it. */
  #start(): void {
    if (this.disk.durable.readNeighbours().size === 0) this.wake();
  }

  #planAlarm(): void {
    const alarmAtMillis = this.disk.durableAlarmMillis;
    const isSet = alarmAtMillis !== undefined;
    this.#alarm.plan(isSet ? Math.max(alarmAtMillis - this.clockMillis, this.#downUntilMillis) : undefined);
  }

  #ring(): void {
    const alarmAtMillis = this.disk.durableAlarmMillis;
    const incarnation = this.wake();
    // A commit that is not durable yet has moved the alarm. It rings after that commit, if at all.
    if (incarnation !== undefined && this.disk.alarmAtMillis !== alarmAtMillis) return;
    if (incarnation === undefined) return this.world.after(ALARM_RETRY_MILLIS, () => this.#planAlarm());
    // The platform could not remove it.
    if (!incarnation.takesWrites) {
      this.world.after(ALARM_RETRY_MILLIS, () => this.#planAlarm());
      return incarnation.ring();
    }
    this.alarms++;
    this.disk.takeAlarm();
    this.world.tell(this.name, "alarm");
    incarnation.ring();
  }
}

function greetingOf(resumed: ResumedConnection): HerdEvent {
  if (resumed.type === "neighbour") return { type: "dialled by", connection: resumed.connection, hello: resumed.hello };
  return {
    type: "connected",
    connection: resumed.connection,
    transport: TRANSPORTS.websocket,
    unknown: resumed.unknown,
    clock: resumed.clock,
  };
}

/** Whether a line says where a client is, or that nobody knows. */
function isAboutClient(line: string): boolean {
  return line.startsWith("AT ") || line.startsWith("FORGOT ");
}
