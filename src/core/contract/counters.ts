// Counts what a server has done since it started: the numbers behind GET /metrics. Keeps HD17.
//
// Counting costs one addition per line. The names of the counters are made when somebody asks for them.

import { Histogram, type HistogramStatus } from "../lib/histogram.ts";

/** Plain data, for the status. The keys of the objects are names: a reason, or `provider status`. */
export interface CountersStatus {
  /** Commands, by name and outcome: `IAMAT accepted`. */
  readonly commands: Readonly<Record<string, number>>;
  /** AT lines told to connections that watch. */
  readonly told: number;
  /** Commands refused, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Reports of neighbours. */
  readonly feedAccepted: number;
  readonly feedStale: number;
  /** Those that were not taken because their time is too far ahead. */
  readonly feedAhead: number;
  readonly commits: number;
  /** Answers with places, by provider and status: `embedded OK`. */
  readonly places: Readonly<Record<string, number>>;
  /** Failures of providers, by provider and status: `google OVER_QUERY_LIMIT`. */
  readonly placesFailed: Readonly<Record<string, number>>;
  /** Milliseconds from the arrival of a message to the turn that takes it. */
  readonly waitMillis: HistogramStatus;
  /** Milliseconds from a question for places to its answer. */
  readonly placesMillis: HistogramStatus;
}

const WAIT_MILLIS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const PLACES_MILLIS = [1, 5, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

export class Counters {
  told = 0;
  feedAccepted = 0;
  feedStale = 0;
  feedAhead = 0;
  commits = 0;
  readonly waitMillis = new Histogram(WAIT_MILLIS);
  readonly placesMillis = new Histogram(PLACES_MILLIS);
  readonly #commands: ReadonlyMap<string, Tally>;
  readonly #refused = new Map<string, number>();
  readonly #places = new Map<string, number>();
  readonly #placesFailed = new Map<string, number>();

  /** `commands`: every command, with the outcomes that it counts. */
  constructor(commands: readonly CountedCommand[]) {
    this.#commands = new Map(
      commands.map(({ name, outcomes }) => [name, Object.fromEntries(outcomes.map((outcome) => [outcome, 0]))]),
    );
  }

  /** A command of that name had this outcome. */
  count({ name }: CountedCommand, outcome: string): void {
    const tally = this.#commands.get(name);
    if (tally?.[outcome] === undefined) throw new Error(`Cannot count ${name} ${outcome}: it is not declared`);
    tally[outcome]++;
  }

  refuse(reason: string): void {
    add(this.#refused, reason);
  }

  answerPlaces(provider: string, status: string): void {
    add(this.#places, `${provider} ${status}`);
  }

  failPlaces(provider: string, status: string): void {
    add(this.#placesFailed, `${provider} ${status}`);
  }

  #commandCounts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [name, tally] of this.#commands)
      for (const [outcome, count] of Object.entries(tally)) counts[`${name} ${outcome}`] = count;
    return counts;
  }

  status(): CountersStatus {
    const { feedAccepted, feedStale, feedAhead, commits, told } = this;
    return {
      commands: this.#commandCounts(),
      told,
      refused: Object.fromEntries(this.#refused),
      feedAccepted,
      feedStale,
      feedAhead,
      commits,
      places: Object.fromEntries(this.#places),
      placesFailed: Object.fromEntries(this.#placesFailed),
      waitMillis: this.waitMillis.status(),
      placesMillis: this.placesMillis.status(),
    };
  }
}

/** What a command counts of itself, by outcome. */
type Tally = Record<string, number>;

/** A command, as far as it is counted. */
interface CountedCommand {
  readonly name: string;
  readonly outcomes: readonly string[];
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
