// The question of a WHATSAT about the world, and the shape of its answer.
//
// The core never fetches: a query is an effect, and its answer is an event. Every provider's answer has the shape of Google's
// legacy Nearby Search, so a client of the paper's herd can read it. A failure has that shape too: no results, one of
// Google's statuses, and an `error_message`. Keeps WA3 and WA4.

/** Most results that a WHATSAT may ask for: as many as one page of Google's has. */
export const PLACES_ITEMS_MAX = 20;

/** A circle on the earth, and how many places in it are wanted. */
export interface PlacesQuery {
  /** Degrees north, -90 to 90. */
  readonly latitude: number;
  /** Degrees east, -180 to 180. */
  readonly longitude: number;
  /** Kilometres, more than 0 and at most 50. */
  readonly radiusKm: number;
  /** Most results that are wanted, 1 to `PLACES_ITEMS_MAX`. */
  readonly items: number;
}

/** The statuses of Google's legacy Places API: https://developers.google.com/maps/documentation/places/web-service/legacy/search-nearby */
export type PlacesStatus =
  | "OK"
  | "ZERO_RESULTS"
  | "INVALID_REQUEST"
  | "OVER_QUERY_LIMIT"
  | "REQUEST_DENIED"
  | "UNKNOWN_ERROR"
  | "NOT_FOUND";

/** One place. Further fields of Google's shape are passed on as the provider gives them. */
export interface Place {
  readonly name: string;
  readonly geometry: { readonly location: { readonly lat: number; readonly lng: number } };
  readonly [field: string]: unknown;
}

/** An answer in the shape of Google's legacy Nearby Search. */
export interface PlacesAnswer {
  readonly html_attributions: readonly string[];
  readonly results: readonly Place[];
  readonly status: PlacesStatus;
  readonly error_message?: string;
  /** The name of the provider that answered; absent if all failed. */
  readonly provider?: string;
}

/** Characters that JSON leaves as they are, although many programs end a line there. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/**
 * The places part of a WHATSAT's answer: JSON with at most `items` results. It has no empty line, because JSON writes a newline
 * inside a text as `\n`. The empty line that ends the answer is therefore the only one in it.
 */
export function formatPlaces(answer: PlacesAnswer, items: number): string {
  const cut = { ...answer, results: answer.results.slice(0, items) };
  return JSON.stringify(cut, null, 2).replace(LINE_ENDS, escapeUnicode);
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A provider that was asked and failed. */
export interface ProviderFailure {
  readonly provider: string;
  readonly status: PlacesStatus;
  /** Holds no key, address or stack. */
  readonly message: string;
}
