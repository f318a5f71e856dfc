// The options of a run: a herd, its settings, its load, and the list of its faults.
//
// `optionsOf(seed)` draws all of them. The settings are small, so that blocks of numbers end, recent logs overflow and scans
// take many steps all the time. Some runs are without one kind of fault or another, because one fault may hide another.

import herdFile from "../../herd.config.json" with { type: "json" };
import { parseHerdConfig, type HerdConfig } from "../../src/core/config/herd-config.ts";
import type { LogLevel } from "../../src/core/contract/log-entry.ts";
import { Random } from "./random.ts";

export const FAULT_KINDS = [
  "cut",
  "ghost",
  "held dials",
  "partition",
  "crash",
  "storage loss",
  "slow server",
  "slow reader",
  "out of service",
  "full storage",
  "wrong clock",
  "clock set",
  "far-future report",
  "device's clock",
  "burst",
  "hibernation",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** The faults of a run: how many of each, and how bad. */
interface Faults {
  /** The number of moments around which faults gather; 0 if they come at any time. */
  readonly troubles: number;
  /** Cuts of connections, of clients too. A part of the messages on their way is lost. */
  readonly cuts: number;
  /** The longest time until an end notices a cut. */
  readonly lateMillisMax: number;
  /** Whether an end may never notice, as when a machine or a cable is gone. */
  readonly isSilent: boolean;
  /** Earlier dials that reach the neighbour a second time, perhaps from an incarnation that is over. */
  readonly ghosts: number;
  /** Times during which dials of a link are delayed, so that later ones overtake them. */
  readonly heldDials: number;
  /** Times during which nothing passes between two parts of the herd. */
  readonly partitions: number;
  /** Crashes: memory, connections and unconfirmed commits are lost, at each moment of a turn. */
  readonly crashes: number;
  /** Crashes that leave the storage empty. */
  readonly storageLosses: number;
  /** The longest time that a crashed server is out of reach. */
  readonly downMillisMax: number;
  /** Times during which the turns of a server are late. */
  readonly slowServers: number;
  /** Times during which watchers of a server read nothing. */
  readonly slowReaders?: number;
  /** Times during which a server is out of service. Some end only when all faults are healed. */
  readonly services?: number;
  /** Times during which the storage of a server refuses all writes. */
  readonly fullStorages?: number;
  /** The largest error of a server's clock. */
  readonly clockMillisMax: number;
  /** Times at which a running server's clock is set, within that error. */
  readonly clocksSet?: number;
  /** Reports that claim a later time than the present; some are too far ahead to be accepted (RP4). */
  readonly farFutureReports: number;
  /** Messages of devices whose clocks are years behind or ahead, on connections with `?clock=server` (RP17). */
  readonly devicesClocks?: number;
  /** Many reports of one client at once. */
  readonly bursts: number;
  /** Whether an idle server hibernates. */
  readonly hibernates: boolean;
}

export interface SimOptions {
  readonly seed: number;
  /** Servers beside those that have links: one server alone has none. */
  readonly servers?: readonly string[];
  readonly links: readonly (readonly [string, string])[];
  readonly peers: HerdConfig["peers"];
  readonly clients: number;
  /** Messages of clients, each of one line or several. */
  readonly messages: number;
  /** Messages of clients that only watch. */
  readonly watches?: number;
  /** Messages that have clients forgotten (FG1). */
  readonly forgets?: number;
  /** Messages with reports that the server stamps (RP14). */
  readonly stamps?: number;
  /** Messages of such clients that ask to be told of silences. */
  readonly silences?: number;
  readonly limits?: Partial<HerdConfig["limits"]>;
  readonly storage?: Partial<HerdConfig["storage"]>;
  /** Clients of whom servers hold reports in the table of an earlier layout as the run begins; each server of most of them. */
  readonly earlierClients?: number;
  /** The time from the start until all faults are healed. */
  readonly loadMillis: number;
  /** Events at most, for a load that needs more of them than those that are drawn. */
  readonly eventsMax?: number;
  /** No client reports later than this. From then on only the herd itself makes its servers agree. */
  readonly reportMillis: number;
  /** The longest delay of a message between two ends. */
  readonly delayMillisMax: number;
  /** The longest time until a commit is durable. */
  readonly commitMillisMax: number;
  readonly logLevel: LogLevel;
  readonly faults: Faults;
}

/** Longer than any run lasts until it is at rest: nothing is past keeping before that. */
export const KEPT_THROUGHOUT_SECONDS = 10_000;

const NO_FAULTS: Faults = {
  troubles: 0,
  cuts: 0,
  lateMillisMax: 0,
  isSilent: false,
  ghosts: 0,
  heldDials: 0,
  partitions: 0,
  crashes: 0,
  storageLosses: 0,
  downMillisMax: 0,
  slowServers: 0,
  clockMillisMax: 0,
  farFutureReports: 0,
  bursts: 0,
  hibernates: false,
};

/** The run of this seed, with all its faults. */
export function optionsOf(seed: number): SimOptions {
  const random = new Random(`options ${seed}`);
  const some = (most: number) => (random.chance(0.25) ? 0 : random.integer(1, most));
  return {
    ...loadOf(seed, random),
    earlierClients: earlierClientsOf(seed),
    peers: { ...smallPeers(seed, random), ...holdsOf(seed) },
    faults: {
      troubles: random.pick([0, 0, 3, 8]),
      cuts: random.integer(14, 24),
      lateMillisMax: random.pick([0, 500, 20_000]),
      isSilent: random.chance(0.3),
      ghosts: some(5),
      heldDials: some(3),
      partitions: some(3),
      crashes: some(20),
      storageLosses: random.chance(0.2) ? random.integer(6, 14) : some(4),
      downMillisMax: random.pick([0, 1_000, 40_000]),
      slowServers: some(3),
      slowReaders: new Random(`slow readers ${seed}`).integer(0, 4),
      services: servicesOf(seed),
      fullStorages: fullStoragesOf(seed),
      clockMillisMax: random.pick([0, 1_000, 300_000]),
      clocksSet: new Random(`clocks set ${seed}`).integer(0, 8),
      farFutureReports: some(5),
      devicesClocks: new Random(`devices' clocks ${seed}`).integer(0, 12),
      bursts: some(4),
      hibernates: random.chance(0.6),
    },
  };
}

/** A run without faults and with a recent log that is large enough: the cost of a report has its bound here (FL2). */
export function faultFreeOptionsOf(seed: number): SimOptions {
  const random = new Random(`fault-free options ${seed}`);
  const peers = { ...smallPeers(seed, random), ...holdsOf(seed), recentReports: 10_000, answerSeconds: 10 };
  return { ...loadOf(seed, random), peers, faults: NO_FAULTS };
}

/** Whether nothing goes wrong in runs with these options. */
export function isFaultFree({ faults }: SimOptions): boolean {
  return faults.cuts === 0;
}

/** A run of the herd as it is configured, without faults, to count its cost. */
export function plainOptionsOf(seed: number, loadMillis: number): SimOptions {
  return {
    seed,
    links: paperLinks(),
    peers: herdFile.peers,
    clients: 0,
    messages: 0,
    loadMillis,
    reportMillis: loadMillis,
    delayMillisMax: 2,
    commitMillisMax: 1,
    logLevel: "events",
    faults: NO_FAULTS,
  };
}

/** The configuration of a run's servers. */
export function herdConfigOf({ servers: alone = [], links, peers, limits, storage }: SimOptions): HerdConfig {
  const names = [...new Set([...alone, ...links.flat()])].toSorted();
  const servers = names.map((name) => ({
    name,
    neighbours: links.flatMap((link) => (link.includes(name) ? link.filter((end) => end !== name) : [])),
  }));
  return parseHerdConfig({ servers, peers, limits, storage });
}

function loadOf(seed: number, random: Random): Omit<SimOptions, "peers" | "faults"> {
  const loadMillis = random.integer(20_000, 180_000);
  return {
    seed,
    loadMillis,
    reportMillis: Math.floor(loadMillis * random.pick([0.3, 0.6, 0.9])),
    logLevel: random.chance(0.2) ? "lines" : "events",
    links: random.chance(0.3) ? paperLinks() : randomLinks(random),
    clients: random.integer(2, 30),
    messages: random.integer(60, 160),
    delayMillisMax: random.pick([1, 20, 200, 2_000]),
    commitMillisMax: random.pick([0, 5, 50, 500]),
    ...watchesOf(seed),
    stamps: new Random(`stamps ${seed}`).integer(0, 20),
    forgets: forgetsOf(seed),
    storage: storageOf(seed),
  };
}

/** A stream of its own, so that the other options of a seed did not change. */
function earlierClientsOf(seed: number): number {
  const random = new Random(`earlier ${seed}`);
  return random.chance(0.7) ? 0 : random.integer(1, 30);
}

/** A stream of its own, so that the other options of a seed did not change. */
function forgetsOf(seed: number): number {
  const random = new Random(`forgets ${seed}`);
  return random.chance(0.3) ? 0 : random.integer(1, 20);
}

/** Of little, so that it is folded often, in many steps. A stream of its own, so that the other options of a seed did not change. */
function storageOf(seed: number): HerdConfig["storage"] {
  const random = new Random(`storage ${seed}`);
  return {
    logBytes: random.pick([200, 1_000, 5_000, 100_000]),
    logCommits: random.pick([1, 2, 8, 50]),
    logIdleBytes: random.pick([0, 300, 100_000]),
    foldSeconds: random.pick([0.1, 2, 600]),
    foldPages: random.integer(1, 3),
    pageBytes: random.pick([1, 150, 600, 10_000]),
    eraseSeconds: new Random(`erasing ${seed}`).pick([1, 10, 3600]),
  };
}

/** How long reports are known: not even as long as the run, or longer. A stream of its own, so that the other options of a seed did not change. */
function keepSecondsOf(seed: number): number {
  return new Random(`keeping ${seed}`).pick([0, 0, 0, 10, 60, KEPT_THROUGHOUT_SECONDS]);
}

/** A stream of its own, so that the other options of a seed did not change when watchers came. */
function watchesOf(seed: number): Pick<SimOptions, "watches" | "silences" | "limits"> {
  const random = new Random(`watches ${seed}`);
  return {
    watches: random.integer(0, 40),
    silences: new Random(`silences ${seed}`).pick([0, 3, 20]),
    limits: {
      watches: random.pick([2, 32]),
      watchPerSecond: random.pick([0, 1, 4, 10]),
      watchWaiting: random.pick([0, 3, 1_000]),
      watchStallSeconds: random.pick([0.5, 60]),
      commitMillis: new Random(`commits ${seed}`).pick([0, 0, 20, 300]),
      storageTrySeconds: new Random(`storage tries ${seed}`).pick([0.2, 3, 20]),
      keepSeconds: keepSecondsOf(seed),
    },
  };
}

type Holds = Pick<
  HerdConfig["peers"],
  "writeBehindSeconds" | "writeBehindQuietSeconds" | "writeBehindReports" | "frameMillis"
>;

/** A stream of its own, so that the other options of a seed did not change when this one came. */
function servicesOf(seed: number): number {
  const random = new Random(`services ${seed}`);
  return random.chance(0.6) ? 0 : random.integer(1, 4);
}

/** A stream of its own, so that the other options of a seed did not change when this one came. */
function fullStoragesOf(seed: number): number {
  const random = new Random(`full storages ${seed}`);
  return random.chance(0.5) ? 0 : random.integer(1, 4);
}

/** A stream of its own, so that the other options of a seed did not change when this one came. */
function holdsOf(seed: number): Holds {
  const random = new Random(`holds ${seed}`);
  return {
    writeBehindSeconds: random.pick([0.05, 1, 10]),
    writeBehindQuietSeconds: random.pick([0.02, 2, 20]),
    writeBehindReports: random.pick([0, 1, 3, 1_000]),
    frameMillis: new Random(`frames ${seed}`).pick([0, 20, 50, 900]),
  };
}

function smallPeers(seed: number, random: Random): Omit<HerdConfig["peers"], keyof Holds> {
  const retrySecondsMin = random.pick([0.1, 0.5, 1]);
  return {
    frameReports: random.integer(1, 4),
    framesUnacknowledged: random.integer(1, 3),
    recentReports: random.pick([2, 4, 8, 16, 1_000]),
    scanReports: random.integer(2, 5),
    seqBlock: random.integer(1, 6),
    futureSeconds: 86_400,
    idleSeconds: random.pick([1, 5, 20]),
    answerSeconds: random.pick([5, 10, 30]),
    wakeSeconds: new Random(`wakes ${seed}`).pick([1, 10, 180]),
    retrySecondsMin,
    retrySecondsMax: random.pick([retrySecondsMin, 5, 60]),
  };
}

/** The links of herd.config.json. */
function paperLinks(): [string, string][] {
  return herdFile.servers.flatMap(({ name, neighbours }) =>
    neighbours.filter((neighbour) => name < neighbour).map((neighbour): [string, string] => [name, neighbour]),
  );
}

/** A connected graph of 2 to 8 servers: a random tree and some more links. */
function randomLinks(random: Random): [string, string][] {
  const names = ["A", "B", "C", "D", "E", "F", "G", "H"].slice(0, random.integer(2, 8));
  const links = new Map<string, [string, string]>();
  const link = (one: string, other: string) => {
    const [first, second] = one < other ? [one, other] : [other, one];
    if (first !== second) links.set(`${first}${second}`, [first, second]);
  };
  names.slice(1).forEach((name, index) => link(name, random.pick(names.slice(0, index + 1))));
  for (let more = random.integer(0, names.length); more > 0; more--) link(random.pick(names), random.pick(names));
  return [...links.values()];
}
