// The port to the providers of places.
//
// A provider never throws. Its outcome is an answer in the shape of Google's legacy Nearby Search, or a failure with one of
// Google's statuses that says whether to ask again may help. So the chain, the log and the client read the outcomes of all
// providers in the same way. Keeps WA3 to WA5.

import type { Place, PlacesAnswer, PlacesQuery, PlacesStatus } from "../../core/protocol/places.ts";

/** Why there are no places. */
export interface PlacesFailure {
  readonly ok: false;
  readonly status: Exclude<PlacesStatus, "OK" | "ZERO_RESULTS">;
  /** One or two sentences for the reader of the answer: what happened and what to do. No key, address or stack. */
  readonly message: string;
  /** Whether the same query may succeed a moment later, with nothing changed. */
  readonly retryable: boolean;
}

/** The result of one query at one provider. */
export type PlacesOutcome = { readonly ok: true; readonly answer: PlacesAnswer } | PlacesFailure;

/**
 * What a provider's terms allow with its answers, and what they ask for. Code that caches or draws places has to look here.
 * The herd itself keeps no answer after the requests that wait for it are answered.
 */
export interface PlacesTerms {
  /** What may be kept after the requests that wait for it are answered. */
  readonly keep: "answers" | "place ids";
  /** The maps on which its places may be drawn. */
  readonly draw: "any map" | "Google's map";
  /** The credit to show beside its places. */
  readonly credit: string;
  /** The address of its terms. */
  readonly source: string;
}

/** The state of a provider on the network, as this server sees it. */
export interface ProviderStanding {
  readonly circuit: "closed" | "half open" | "open";
  readonly requestsUnderWay: number;
  /** Sent since 00:00 UTC to all providers that cost money. */
  readonly requestsToday: number;
  readonly requestsDaily: number;
}

/** One source of places. */
export interface PlacesProvider {
  /** A word for the log and the answer, such as `google-legacy`. */
  readonly name: string;
  readonly terms: PlacesTerms;
  /** The results are within the query's radius, nearest first, at most `query.items`. */
  nearby(query: PlacesQuery): Promise<PlacesOutcome>;
  /** Absent if the provider needs no network. */
  standing?(): ProviderStanding;
}

/** A source of places on the network: one request for each call, guarded by guarded.ts. */
export interface RemotePlaces {
  readonly name: string;
  readonly terms: PlacesTerms;
  /** Like `nearby`. When the signal aborts, the time is over: it gives up with a failure. */
  ask(query: PlacesQuery, signal: AbortSignal): Promise<PlacesOutcome>;
}

/** The outcome of a query that was answered, perhaps without results. */
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

/** The failure of a provider that did not answer in time. */
export function tooSlow(who: string): PlacesFailure {
  return placesFailed("UNKNOWN_ERROR", `${who} did not answer in time; ask again later.`, { retryable: true });
}
