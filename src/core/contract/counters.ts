// What a server has done in this life, counted: the raw numbers behind GET /metrics. Keeps HD6.
//
// Counting costs an addition on the path of every line, no more: names are made when somebody asks.

import { Histogram, type HistogramStatus } from "../lib/histogram.ts";

/** Plain data, for the status. Objects are by name: a reason, or `provider status`. */
export interface CountersStatus {
  readonly iamatAccepted: number;
  readonly iamatStale: number;
  readonly whatsatAnswered: number;
  readonly whatsatUnknown: number;
  readonly watches: number;
  readonly unwatches: number;
  /** AT lines told to watchers. */
  readonly told: number;
  /** Commands refused, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Reports of neighbours. */
  readonly feedAccepted: number;
  readonly feedStale: number;
  readonly commits: number;
  /** Places asked for, by who answered and how: `embedded OK`. */
  readonly places: Readonly<Record<string, number>>;
  /** Failures of providers, by who and how: `google OVER_QUERY_LIMIT`. */
  readonly placesFailed: Readonly<Record<string, number>>;
  /** From the arrival of a message until the turn that takes it. Milliseconds. */
  readonly waitMillis: HistogramStatus;
  /** From the question for places until their answer. Milliseconds. */
  readonly placesMillis: HistogramStatus;
}

const WAIT_MILLIS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const PLACES_MILLIS = [1, 5, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

export class Counters {
  iamatAccepted = 0;
  iamatStale = 0;
  whatsatAnswered = 0;
  whatsatUnknown = 0;
  watches = 0;
  unwatches = 0;
  told = 0;
  feedAccepted = 0;
  feedStale = 0;
  commits = 0;
  readonly waitMillis = new Histogram(WAIT_MILLIS);
  readonly placesMillis = new Histogram(PLACES_MILLIS);
  readonly #refused = new Map<string, number>();
  readonly #places = new Map<string, number>();
  readonly #placesFailed = new Map<string, number>();

  refuse(reason: string): void {
    add(this.#refused, reason);
  }

  answerPlaces(provider: string, status: string): void {
    add(this.#places, `${provider} ${status}`);
  }

  failPlaces(provider: string, status: string): void {
    add(this.#placesFailed, `${provider} ${status}`);
  }

  status(): CountersStatus {
    const { iamatAccepted, iamatStale, whatsatAnswered, whatsatUnknown, feedAccepted, feedStale, commits } = this;
    const { watches, unwatches, told } = this;
    return {
      iamatAccepted,
      iamatStale,
      whatsatAnswered,
      whatsatUnknown,
      watches,
      unwatches,
      told,
      refused: Object.fromEntries(this.#refused),
      feedAccepted,
      feedStale,
      commits,
      places: Object.fromEntries(this.#places),
      placesFailed: Object.fromEntries(this.#placesFailed),
      waitMillis: this.waitMillis.status(),
      placesMillis: this.placesMillis.status(),
    };
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
