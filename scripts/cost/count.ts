// Counts what a load makes the herd do, in the simulator: the real core on a simulated clock, disk and network. Keeps CM1 and CM2.
//
// First each client that will report is made known, many in a message, because a client's first report costs more. Then the
// reports come at their rate, each in a message of its own. The herd runs twice from its start until it is at rest again: with
// the warm-up alone, and with the window after it. The difference is the work of the window, with all that it left to be
// written later. A run that breaks a rule of the herd counts nothing.

import type { Action } from "../../test/sim/action.ts";
import { plainOptionsOf, type SimOptions } from "../../test/sim/options.ts";
import { Random } from "../../test/sim/random.ts";
import { simulate, type Outcome } from "../../test/sim/simulate.ts";
import { START_MILLIS } from "../../test/sim/world.ts";
import { foldedRowsPerReport, takenBy, unfolded } from "./folding.ts";
import type { CountedLoad, Load } from "./counted-load.ts";

/** The work of the whole herd in the window. */
export interface Counts {
  readonly seconds: number;
  /** Each came to its server as a message of its own. */
  readonly reports: number;
  readonly rowsWritten: number;
  /** By folding, beside those: they are counted by themselves, see folding.ts. */
  readonly rowsFolded: number;
  /** Received by servers from servers. */
  readonly messages: number;
  /** Of those messages. */
  readonly bytes: number;
  /** New connections between servers, and alarms. */
  readonly requests: number;
  /** The time in which servers could not hibernate, of all of them together. */
  readonly awakeSeconds: number;
}

/** Events at most, for each report, server and direction of a link. A report needs two, and many more if it wakes an idle herd. */
const EVENTS_MAX = 50;

/** Connections of clients in the simulator. Many clients share one, as the cost does not depend on it. */
const CONNECTIONS = 1_000;

const INTRODUCED_TOGETHER = 50;
const INTRODUCTION_MILLIS = 10;

/** By then, what introduced the clients is written everywhere. */
const SETTLE_MILLIS = 60_000;

/** An odd one: nobody looks at the servers meanwhile. */
const SEED = 1;

export function count(load: Load, counted: CountedLoad): Counts {
  const { introductions, reports, startMillis } = actionsOf(load, counted);
  const warmMillis = startMillis + Math.round(counted.warmUpSeconds * 1000);
  const endMillis = warmMillis + Math.round(counted.windowSeconds * 1000);
  const early = reports.filter(({ atMillis }) => atMillis < warmMillis);
  const before = run(load, [...introductions, ...early], warmMillis);
  const all = run(load, [...introductions, ...reports], endMillis);
  if (all.acknowledged === before.acknowledged)
    throw new Error(
      `Cannot count the cost of a report: none came in ${counted.windowSeconds} s. Give a longer --window`,
    );
  const more = (countOf: (outcome: Outcome) => number) => countOf(all) - countOf(before);
  const seconds = counted.windowSeconds;
  const rowsWritten = more(({ cost }) => cost.rowsWritten);
  const taken = takenBy(load, counted.reportsPerSecond, rowsWritten / seconds);
  const foldedPerSecond = taken.reportsPerSecond * foldedRowsPerReport(load, taken) * load.herd.servers.length;
  return {
    seconds,
    reports: more(({ acknowledged }) => acknowledged),
    rowsWritten,
    rowsFolded: foldedPerSecond * seconds,
    messages: more(({ cost }) => cost.messages),
    bytes: more(({ cost }) => cost.bytes),
    requests: more(({ cost }) => cost.dials + cost.alarms),
    awakeSeconds: more(({ awakeMillis }) => awakeMillis) / 1000,
  };
}

interface CostActions {
  readonly introductions: readonly Action[];
  /** In their order, from `startMillis` to the end of the window. */
  readonly reports: readonly Action[];
  readonly startMillis: number;
}

function actionsOf({ herd, everySeconds }: Load, counted: CountedLoad): CostActions {
  const seconds = counted.warmUpSeconds + counted.windowSeconds;
  // Where clients report more seldom, only those are needed whose turn comes.
  const turnSeconds = Math.min(everySeconds, seconds);
  const clients = Math.max(1, Math.round(counted.reportsPerSecond * turnSeconds));
  const serverOf = (client: number) => herd.servers[client % herd.servers.length] ?? "";
  const introductions = introduce(clients, serverOf);
  const startMillis = (introductions.at(-1)?.atMillis ?? 0) + SETTLE_MILLIS;
  const endMillis = startMillis + Math.round(seconds * 1000);
  const random = new Random("cost");
  const reports = Array.from({ length: clients }, (_, client) => {
    const actions: Action[] = [];
    const firstMillis = startMillis + random.integer(0, Math.round(turnSeconds * 1000) - 1);
    for (let turn = 0; ; turn++) {
      const atMillis = firstMillis + Math.round(turn * everySeconds * 1000);
      if (atMillis >= endMillis) return actions;
      actions.push(say(client, serverOf(client), atMillis, [reportOf(client, atMillis)]));
    }
  });
  return {
    introductions,
    startMillis,
    reports: reports.flat().toSorted((one, other) => one.atMillis - other.atMillis),
  };
}

function run({ herd, settings }: Load, actions: readonly Action[], endMillis: number): Outcome {
  const plain = plainOptionsOf(SEED, endMillis);
  const options: SimOptions = {
    ...plain,
    ...unfolded(settings),
    servers: herd.servers,
    links: herd.links,
    eventsMax: EVENTS_MAX * (actions.length + 1) * (herd.servers.length + 2 * herd.links.length),
    faults: { ...plain.faults, hibernates: true },
  };
  const outcome = simulate({ options, actions });
  if (outcome.violation !== undefined)
    throw new Error(`Cannot count the cost of this herd: ${outcome.violation.message}`);
  return outcome;
}

function introduce(clients: number, serverOf: (client: number) => string): Action[] {
  const byServer = Map.groupBy(
    Array.from({ length: clients }, (_, client) => client),
    serverOf,
  );
  let atMillis = 0;
  return [...byServer].flatMap(([server, known]) =>
    Array.from({ length: Math.ceil(known.length / INTRODUCED_TOGETHER) }, (_, message) => {
      atMillis += INTRODUCTION_MILLIS;
      const together = known.slice(message * INTRODUCED_TOGETHER, (message + 1) * INTRODUCED_TOGETHER);
      const lines = together.map((client) => reportOf(client, atMillis));
      return say(message, server, atMillis, lines);
    }),
  );
}

function say(client: number, server: string, atMillis: number, lines: readonly string[]): Action {
  return { atMillis, do: "say", client: client % CONNECTIONS, server, lines };
}

function reportOf(client: number, atMillis: number): string {
  return `IAMAT client-${client} +34.068930-118.445127 ${((START_MILLIS + atMillis) / 1000).toFixed(3)}`;
}
