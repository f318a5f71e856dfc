// What WHATSAT asks of the world, and the shape of the answer.
//
// The core never fetches: it emits a query as an effect and hears the answer as an event. The answer has the shape of
// Google's legacy Nearby Search whoever gave it, so that a client of the paper's herd reads it unchanged. A failure has
// that shape too: no results, Google's own status, and an `error_message`. Keeps WA3 and WA4.

/** Results that a WHATSAT may ask for: as many as a page of Google's has. */
export const PLACES_ITEMS_MAX = 20;

/** A circle on the earth and how many places are wanted in it. */
export interface PlacesQuery {
  /** Degrees north, -90 to 90. */
  readonly latitude: number;
  /** Degrees east, -180 to 180. */
  readonly longitude: number;
  /** Kilometres, more than 0 and at most 50. */
  readonly radiusKm: number;
  /** Results wanted at most, 1 to `PLACES_ITEMS_MAX`. */
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

/** One place; further fields of Google's shape ride along as the provider gives them. */
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
  /** Which of the herd's providers gave it; absent where all failed. */
  readonly provider?: string;
}

/** What JSON leaves as it is, though many a reader ends a line there. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/**
 * The places part of a WHATSAT answer: the JSON with at most `items` results. JSON writes a newline inside a text as `\n`, so
 * that none follows another and none trails: the empty line that ends the answer is the only one in it.
 */
export function formatPlaces(answer: PlacesAnswer, items: number): string {
  const cut = { ...answer, results: answer.results.slice(0, items) };
  return JSON.stringify(cut, null, 2).replace(LINE_ENDS, escapeUnicode);
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A provider that was asked and failed, before another one answered or none did. */
export interface ProviderFailure {
  readonly provider: string;
  readonly status: PlacesStatus;
  /** Holds no key, address or stack. */
  readonly message: string;
}
