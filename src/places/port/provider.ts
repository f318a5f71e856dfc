// The seam between the herd and whoever knows about places.
//
// A provider answers a query with a value, never with a throw: either an answer in the shape of Google's legacy Nearby
// Search, or a failure that says which of Google's statuses it amounts to and whether asking again may help. So the
// chain, the log and the client all read one outcome, whoever gave it. Keeps WA3 to WA5.

import type { Place, PlacesAnswer, PlacesQuery, PlacesStatus } from "../../core/protocol/places.ts";

/** Why places could not be had. */
export interface PlacesFailure {
  readonly ok: false;
  readonly status: Exclude<PlacesStatus, "OK" | "ZERO_RESULTS">;
  /** One sentence or two for whoever reads the answer: what happened and what to do; no key, address or stack. */
  readonly message: string;
  /** Whether the same query may succeed a moment later without anybody changing anything. */
  readonly retryable: boolean;
}

/** What became of one query at one provider. */
export type PlacesOutcome = { readonly ok: true; readonly answer: PlacesAnswer } | PlacesFailure;

/**
 * What a provider's terms allow with what it answers, and ask for it. Whoever adds a cache, or draws places, asks here:
 * the herd itself keeps no answer of any provider longer than the requests that wait for it.
 */
export interface PlacesTerms {
  /** What may be kept when the requests that fetched it are answered. */
  readonly keep: "answers" | "place ids";
  /** The maps on which its places may be drawn. */
  readonly draw: "any map" | "Google's map";
  /** To be shown beside its places. */
  readonly credit: string;
  /** The address where its terms stand. */
  readonly source: string;
}

/** How a provider that is asked over the network fares at this server. */
export interface ProviderStanding {
  readonly circuit: "closed" | "half open" | "open";
  readonly requestsUnderWay: number;
  /** Sent since 00:00 UTC by all providers that are paid for. */
  readonly requestsToday: number;
  readonly requestsDaily: number;
}

/** One source of places. */
export interface PlacesProvider {
  /** A word for the log and the answer, such as `google-legacy`. */
  readonly name: string;
  readonly terms: PlacesTerms;
  /** Results lie within the query's radius, nearest first, at most `query.items` of them. */
  nearby(query: PlacesQuery): Promise<PlacesOutcome>;
  /** Absent where nothing can stand in the way. */
  standing?(): ProviderStanding;
}

/** A source of places behind the network: one request a call, guarded by guarded.ts. */
export interface RemotePlaces {
  readonly name: string;
  readonly terms: PlacesTerms;
  /** As `nearby`. When the signal aborts, the time is up: it gives up, and says so. */
  ask(query: PlacesQuery, signal: AbortSignal): Promise<PlacesOutcome>;
}

/** The outcome of a query that was answered, be it with nothing. */
export function placesFound(results: readonly Place[], attributions: readonly string[]): PlacesOutcome {
  const status = results.length === 0 ? "ZERO_RESULTS" : "OK";
  return { ok: true, answer: { html_attributions: attributions, results, status } };
}

/** The outcome of a query that failed. */
export function placesFailed(
  status: PlacesFailure["status"],
  message: string,
  { retryable }: { readonly retryable: boolean },
): PlacesFailure {
  return { ok: false, status, message, retryable };
}

/** The failure of whoever did not answer in time. */
export function tooSlow(who: string): PlacesFailure {
  return placesFailed("UNKNOWN_ERROR", `${who} did not answer in time; ask again later.`, { retryable: true });
}
