// The seam between the herd and whoever knows about places.
//
// A provider answers a query with a value, never with a throw: either an answer in the shape of Google's legacy Nearby
// Search, or a failure that says which of Google's statuses it amounts to and whether asking again may help. So the
// chain, the log and the client all read one outcome, whoever gave it. Keeps WA3 and WA4.

import type { Place, PlacesAnswer, PlacesQuery, PlacesStatus } from "../core/places.ts";

/** Why places could not be had. */
export interface PlacesFailure {
  readonly ok: false;
  readonly status: Exclude<PlacesStatus, "OK" | "ZERO_RESULTS">;
  /** One sentence or two for whoever reads the answer: what happened and what to do; no key, address or stack. */
  readonly message: string;
  /** Whether the same query may succeed later without anybody changing anything. */
  readonly retryable: boolean;
}

/** What became of one query at one provider. */
export type PlacesOutcome = { readonly ok: true; readonly answer: PlacesAnswer } | PlacesFailure;

/** One source of places. */
export interface PlacesProvider {
  /** A word for the log, such as `google-legacy`. */
  readonly name: string;
  /** Results lie within the query's radius, nearest first, at most `query.items` of them. */
  nearby(query: PlacesQuery): Promise<PlacesOutcome>;
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
