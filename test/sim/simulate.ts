// One run: the real core, many servers, on a seeded clock and network.
//
// Clients speak and faults happen as the schedule says. Then all faults are healed, and the herd has to come to rest by
// itself: nothing is left to happen, no feed is open, every question has its answer, every server holds what the ledger says.

import { HoldingsDigest } from "../../src/core/store/holdings-digest.ts";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { clientOf, forgotNanos, heardNanos, isForgotten } from "./claimed-time.ts";
import { FeedWatch } from "./feed-watch.ts";
import { Ledger } from "./ledger.ts";
import { Network } from "./network.ts";
import { herdConfigOf, isFaultFree, KEPT_THROUGHOUT_SECONDS, type FaultKind } from "./options.ts";
import type { ClockPolicy } from "../../src/core/protocol/connection.ts";
import { FOR_EVER } from "../support/keepings.ts";
import { reportOfLine } from "../../src/core/protocol/report.ts";
import { Random } from "./random.ts";
import { FIRST_WATCHER, type Action } from "./action.ts";
import type { Schedule } from "./schedule.ts";
import { SimClient } from "./sim-client.ts";
import { SimServer } from "./sim-server.ts";
import { SimWatcher } from "./sim-watcher.ts";
import type { DiskWatch } from "./disk.ts";
import { Violation } from "./violation.ts";
import { START_MILLIS, World } from "./world.ts";

/** The time to come to rest after healing: many times the longest delay between tries. */
const REST_MILLIS = 20 * 60_000;

export interface Outcome {
  /** The first violation. */
  readonly violation: { readonly rule: string; readonly message: string } | undefined;
  readonly eventCount: number;
  readonly faultCounts: ReadonlyMap<FaultKind, number>;
  readonly acknowledged: number;
  /** The work of the whole herd that is billed. */
  readonly cost: Cost;
  /** The time up to the end of the load in which servers could not hibernate, of all of them together. */
  readonly awakeMillis: number;
  /** A hash of the whole story of the run. */
  readonly hash: string;
}

interface Cost {
  readonly rowsWritten: number;
  /** Of the logs alone. */
  readonly commitRows: number;
  /** Received in feeds. */
  readonly messages: number;
  readonly bytes: number;
  /** Feeds that were dialled. */
  readonly dials: number;
  /** Alarms that rang. */
  readonly alarms: number;
}

/** A fault that a test plants in a run, to see that it is found. */
export interface Planted {
  /** The part of a batch of reports that a server writes. */
  readonly filter?: (server: string, batch: Parameters<DiskWatch["filter"]>[0]) => ReturnType<DiskWatch["filter"]>;
}

/** Runs a schedule. `onTold` hears its story, one line for each event. */
export function simulate(schedule: Schedule, onTold?: (told: string) => void, planted: Planted = {}): Outcome {
  const world = new World(onTold, schedule.options.eventsMax);
  const simulation = new Simulation(schedule, world, planted);
  let violation: Outcome["violation"];
  try {
    simulation.run();
  } catch (error) {
    // If the core throws, that is a violation too: no input may make it throw.
    const rule = error instanceof Violation ? error.rule : "throws";
    const message = error instanceof Violation ? error.message : String(error instanceof Error ? error.stack : error);
    violation = { rule, message };
  }
  const { eventCount, faultCounts } = world;
  return {
    violation,
    eventCount,
    faultCounts,
    acknowledged: simulation.acknowledged,
    cost: simulation.cost,
    awakeMillis: simulation.awakeMillis,
    hash: world.hash(),
  };
}

/** Between two looks at the servers. */
const LOOK_MILLIS = 15_000;

/** In this time every server makes its digest. */
const DIGEST_MILLIS = 8_000;

/** The digest of these AT lines, as a server makes it that has nothing else to do. */
function digestOf(lines: readonly string[]): string | null {
  const rows = lines.map((line) => ({
    seq: 0,
    report: { client: clientOf(line), timeKey: "A1", forgotKey: "", line },
  }));
  const digest = new HoldingsDigest(FOR_EVER);
  digest.ask(0);
  digest.step({ scan: () => ({ rows, isLast: true }) }, [], Infinity, 0);
  return digest.value;
}

class Simulation {
  readonly #schedule: Schedule;
  readonly #config: HerdConfig;
  readonly #world: World;
  readonly #network: Network;
  readonly #ledger: Ledger;
  readonly #feedWatch: FeedWatch;
  readonly #servers: ReadonlyMap<string, SimServer>;
  /** The last connection, by client and server. */
  readonly #clients = new Map<string, SimClient | SimWatcher>();
  readonly #everyClient: (SimClient | SimWatcher)[] = [];
  readonly #watchers: { readonly server: SimServer; readonly watcher: SimWatcher }[] = [];
  readonly #watchesMax: number;
  awakeMillis = 0;

  constructor(schedule: Schedule, world: World, { filter = (_, batch) => batch }: Planted) {
    const { options } = schedule;
    const config = herdConfigOf(options);
    const random = new Random(`run ${options.seed}`);
    const names = config.servers.map(({ name }) => name);
    this.#schedule = schedule;
    this.#watchesMax = config.limits.watches;
    this.#world = world;
    this.#feedWatch = new FeedWatch(config.peers.framesUnacknowledged, isFaultFree(options));
    this.#config = config;
    const keepMillis = config.limits.keepSeconds * 1000;
    const { clockMillisMax } = options.faults;
    const ageMillis = (line: string) => world.nowMillis - Number(heardNanos(line) / 1_000_000n);
    this.#ledger = new Ledger(names, {
      mayBePast: (line) => keepMillis > 0 && ageMillis(line) + clockMillisMax + 1 > keepMillis,
      wasPast: (line, agoMillis) => keepMillis > 0 && ageMillis(line) - clockMillisMax - agoMillis > keepMillis,
    });
    this.#network = new Network(
      world,
      random.fork("network"),
      options.delayMillisMax,
      this.#feedWatch,
      (server, end, caller) => this.#server(server).accept(end, caller),
    );
    const shared = { config, options, world, network: this.#network, ledger: this.#ledger };
    this.#servers = new Map(
      names.map((name) => [
        name,
        new SimServer({
          ...shared,
          name,
          random: random.fork(name),
          filter: (batch) => filter(name, batch),
        }),
      ]),
    );
  }

  /** Servers begin with reports that an earlier version stored, and differ in them. */
  #bringEarlier(): void {
    const { seed, earlierClients = 0 } = this.#schedule.options;
    if (earlierClients === 0) return;
    const random = new Random(`earlier reports ${seed}`);
    const clients = Array.from({ length: earlierClients }, (_, client) => `client-${client}`);
    for (const server of this.#servers.values()) {
      const known = clients.filter(() => random.chance(0.7));
      server.bringEarlier(
        known.map((client, index) => {
          const line = `AT ${server.name} +1.000000000 ${client} +1+1 ${START_MILLIS / 1000 - random.integer(1, 3)}`;
          return { seq: index + 1, report: reportOfLine(line) };
        }),
      );
    }
  }

  get acknowledged(): number {
    return this.#ledger.acknowledged;
  }

  get cost(): Cost {
    const { messages, bytes } = this.#feedWatch;
    return {
      rowsWritten: this.#sum(({ disk }) => disk.rowsWritten),
      commitRows: this.#sum(({ disk }) => disk.commitRows),
      messages,
      bytes,
      dials: this.#network.dials,
      alarms: this.#sum(({ alarms }) => alarms),
    };
  }

  run(): void {
    const { options, actions } = this.#schedule;
    this.#bringEarlier();
    for (const server of this.#servers.values()) server.wake();
    if (options.seed % 2 === 0) this.#lookAgain();
    for (const action of actions) this.#world.at(START_MILLIS + action.atMillis, () => this.#do(action));
    this.#world.runUntil(START_MILLIS + options.loadMillis);
    this.awakeMillis = this.#sum((server) => server.awakeMillisUntil(START_MILLIS + options.loadMillis));
    // Otherwise there may be nothing to happen before that time has gone by.
    if (this.#isShortlyKept) this.#world.at(START_MILLIS + options.loadMillis + REST_MILLIS, () => undefined);
    this.#world.tell("run", "heals");
    this.#network.heal();
    for (const server of this.#servers.values()) server.heal();
    const isAtRest = this.#world.runUntil(START_MILLIS + options.loadMillis + REST_MILLIS);
    this.#demand(isAtRest || this.#erasesLater);
    this.#demandDigests();
    this.#demandErased();
  }

  /** Reports are known for a time that is over before the herd is at rest. */
  get #isShortlyKept(): boolean {
    const { keepSeconds } = this.#config.limits;
    return keepSeconds > 0 && keepSeconds < KEPT_THROUGHOUT_SECONDS;
  }

  /** Something may be to be erased when everything else is at rest. */
  get #erasesLater(): boolean {
    const { forgets = 0 } = this.#schedule.options;
    return forgets > 0 || this.#config.limits.keepSeconds > 0;
  }

  /** Servers wake by themselves to erase what is past keeping, and what was forgotten, and find their rest then. */
  #demandErased(): void {
    if (!this.#erasesLater) return;
    const { limits, storage, peers } = this.#config;
    const seconds = 2 * storage.eraseSeconds + (limits.keepSeconds > 0 ? limits.keepSeconds + peers.futureSeconds : 0);
    const isAtRest = this.#world.runUntil(this.#world.nowMillis + seconds * 1000 + REST_MILLIS);
    for (const server of this.#servers.values()) this.#demandErasedAt(server);
    if (limits.keepSeconds > 0) for (const { watcher } of this.#watchers) watcher.demandNothing();
    if (!isAtRest) throw new Violation("ER3", "the herd has not come to rest after everything was erased");
  }

  #demandErasedAt({ name, disk }: SimServer): void {
    const lines = disk.texts.flatMap((text) => text.match(/AT .*/g) ?? []);
    if (this.#config.limits.keepSeconds > 0 && lines.length > 0)
      throw new Violation("ER1", `${name} has ${lines[0]} in its storage, long after it was past keeping`);
    const { durable } = disk;
    const known = [...this.#ledger.clients].filter((client) => !isForgotten(durable.read(client)?.line ?? "FORGOT "));
    const counted = durable.readHead()?.clients ?? 0;
    if (counted !== known.length)
      throw new Violation("ER7", `${name} counts ${counted} clients, and holds ${known.length}`);
    for (const line of lines) {
      const forgot = forgotNanos(durable.read(clientOf(line))?.line ?? "");
      if (!isForgotten(line) && heardNanos(line) <= forgot)
        throw new Violation("ER2", `${name} has ${line} in its storage, long after it was forgotten`);
    }
  }

  #sum(countOf: (server: SimServer) => number): number {
    return [...this.#servers.values()].map(countOf).reduce((total, count) => total + count, 0);
  }

  /** In half of the runs somebody looks at all servers again and again, so that each keeps its digest through all that happens. */
  #lookAgain(): void {
    for (const server of this.#servers.values()) {
      // What goes past keeping leaves the digest a second later at most (KP5).
      if (!this.#isShortlyKept) this.#checkDigest(server);
      server.askDigest();
    }
    if (this.#world.nowMillis < START_MILLIS + this.#schedule.options.loadMillis)
      this.#world.after(LOOK_MILLIS, () => this.#lookAgain());
  }

  #checkDigest({ name, holdings }: SimServer): void {
    if (holdings === undefined || holdings.digest === null) return;
    const right = digestOf(holdings.lines);
    if (holdings.digest !== right)
      throw new Violation("HD60", `${name} has the digest ${holdings.digest}, where ${right} is right`);
  }

  /** Servers that hold the same have the same digest, be it made now or kept for a while. */
  #demandDigests(): void {
    for (const server of this.#servers.values()) server.askDigest();
    this.#world.runUntil(this.#world.nowMillis + DIGEST_MILLIS);
    for (const server of this.#servers.values()) this.#checkDigest(server);
    const digests = new Set([...this.#servers.values()].map(({ holdings }) => holdings?.digest));
    if (digests.size !== 1 || digests.has(null) || digests.has(undefined))
      throw new Violation("HD60", `the servers' digests are ${[...digests].join(", ")}`);
  }

  #demand(isAtRest: boolean): void {
    for (const client of this.#everyClient) client.demandAnswers();
    const knownBy = new Map([...this.#servers].map(([name, { known }]) => [name, known]));
    for (const client of this.#ledger.clients)
      for (const [name, known] of knownBy) {
        if (this.#isShortlyKept) this.#ledger.demandNothing(name, client, known(client));
        else this.#ledger.demand(name, client, known(client));
      }
    for (const client of this.#ledger.clients)
      for (const { server, watcher } of this.#watchers) {
        const held = knownBy.get(server.name)?.(client);
        if (held !== undefined) watcher.demandNewest(client, held.line);
      }
    for (const { watcher } of this.#watchers) watcher.demandSilences();
    const { openFeeds } = this.#network;
    if (openFeeds.length > 0) throw new Violation("CU4", `feeds are open in the end: ${openFeeds.join(", ")}`);
    if (!isAtRest) throw new Violation("CU4", "the herd has not come to rest");
    this.#feedWatch.demandBound(this.#servers.size, this.#schedule.options.links.length);
  }

  #do(action: Action): void {
    this.#world.tell("schedule", JSON.stringify(action));
    switch (action.do) {
      case "say":
        return this.#say(action);
      case "hang up":
        return this.#clients.get(`${action.client}>${action.server}`)?.end.close("hung up");
      case "cut client": {
        const client = this.#clients.get(`${action.client}>${action.server}`);
        if (client === undefined || !client.isOpen) return;
        this.#world.countFault("cut");
        return client.end.cut({ keeps: 0, lateMillis: 0 }, { keeps: 0, lateMillis: action.lateMillis });
      }
      case "cut":
        return this.#network.cut(action);
      case "ghost":
        return this.#network.ghost(action.from, action.to, action.age, action.forMillis);
      case "hold dials":
        return this.#network.holdDials(action.from, action.to, action.forMillis, action.byMillis);
      case "part":
        return this.#network.part(action.side, action.forMillis, action.hang);
      case "crash":
        return this.#server(action.server).crash(action);
      case "service":
        return this.#server(action.server).setService(action.isDrained);
      case "fill storage":
        return this.#server(action.server).fillStorage(action.forMillis);
      case "set clock":
        return this.#server(action.server).setClock(action.clockMillis);
      case "read slowly":
        return this.#server(action.server).readSlowly(action.forMillis);
      case "slow":
        return this.#server(action.server).slow(action.forMillis, action.turnMillis);
      default:
        action satisfies never;
    }
  }

  #say({ client, server, lines, clock, fault }: Extract<Action, { do: "say" }>): void {
    if (fault !== undefined) this.#world.countFault(fault);
    const key = `${client}>${server}${clock === undefined ? "" : `?clock=${clock}`}`;
    let connection = this.#clients.get(key);
    if (connection === undefined || !connection.isOpen) {
      connection = this.#connect(client, server, clock);
      this.#clients.set(key, connection);
      this.#everyClient.push(connection);
    }
    connection.say(lines, this.#world.nowMillis);
  }

  #connect(client: number, name: string, clock: ClockPolicy | undefined): SimClient | SimWatcher {
    const server = this.#server(name);
    if (client < FIRST_WATCHER)
      return new SimClient({
        name: `client ${client} at ${name}`,
        end: this.#network.connect(name, false, clock),
        clock,
        wasReadOnly: (millis) => server.wasReadOnly(millis),
        isForgottenBetween: (line, next) => this.#ledger.isForgottenBetween(line, next),
      });
    const watcher = new SimWatcher({
      name: `watcher ${client} at ${name}`,
      end: this.#network.connect(name, true),
      watchesMax: this.#watchesMax,
      page: () => server.page(),
      now: () => this.#world.nowMillis,
      areClocksRight: this.#schedule.options.faults.clockMillisMax === 0,
      isForgottenBetween: (line, next) => this.#ledger.isForgottenBetween(line, next),
      isKeeping: this.#config.limits.keepSeconds > 0,
    });
    this.#watchers.push({ server, watcher });
    return watcher;
  }

  #server(name: string): SimServer {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error(`Cannot find the server ${name} in this run`);
    return server;
  }
}
