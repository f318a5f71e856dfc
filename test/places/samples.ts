// Queries, places and Google's two APIs, for several tests.

import type { Place, PlacesQuery } from "../../src/core/protocol/places.ts";
import type { Fetch, GoogleAccess } from "../../src/places/google/google-http.ts";
import { googleLegacy } from "../../src/places/google/google-legacy.ts";
import { google } from "../../src/places/google/google.ts";
import type { PlacesFailure, PlacesOutcome, RemotePlaces } from "../../src/places/port/provider.ts";

/** The paper's own example: a client at UCLA. */
export const UCLA: PlacesQuery = { latitude: 34.06893, longitude: -118.445127, radiusKm: 10, items: 5 };

/** Of a form that changes when it is URL-encoded. */
export const KEY = "AIza+secret/key";

/** The longest answer that the tests let Google give. */
export const ANSWER_BYTES = 1_048_576;

/** The new API is asked for these where a test does not say. */
export const FIELDS = ["id", "displayName", "location", "types", "attributions"] as const;

/** A place so many kilometres north of the query's centre. */
export function northOf(query: PlacesQuery, km: number, fields: Record<string, unknown> = {}): Place {
  const lat = query.latitude + (km / 6371) * (180 / Math.PI);
  return { ...fields, name: `${km} km north`, geometry: { location: { lat, lng: query.longitude } } };
}

/** Such a place in the form of Google's new API. */
export function newNorthOf(
  query: PlacesQuery,
  km: number,
  fields: Record<string, unknown> = {},
): Record<string, unknown> {
  const { name: text, geometry } = northOf(query, km);
  const { lat: latitude, lng: longitude } = geometry.location;
  return { ...fields, displayName: { text, languageCode: "en" }, location: { latitude, longitude } };
}

/** The legacy Nearby Search's answer with these places. */
export function legacySearch(results: readonly unknown[], status = "OK"): string {
  return JSON.stringify({ html_attributions: ["by Google"], results, status, next_page_token: "t" });
}

/** One of Google's APIs, behind the loopback. */
export interface GoogleApi {
  readonly name: "google" | "google-legacy";
  readonly path: string;
  /** The field in which its answer has the places. */
  readonly listField: "places" | "results";
  readonly make: (access: GoogleAccess) => RemotePlaces;
  /** Its answer with places so many kilometres north of UCLA. */
  readonly search: (...kms: readonly number[]) => string;
  /** Its answer with one place of this name at UCLA. */
  readonly searchNamed: (name: string) => string;
  /** Its answer with this in place of the list of places. */
  readonly searchWith: (list: unknown) => string;
  /** A place without a position. */
  readonly nowhere: unknown;
  /** The HTTP status and the body with which it denies a request. */
  readonly denial: (words: string) => { readonly status: number; readonly body: string };
}

export const GOOGLE_APIS: readonly GoogleApi[] = [
  {
    name: "google",
    path: "/v1/places:searchNearby",
    listField: "places",
    make: (access) => google({ ...access, fields: FIELDS }),
    search: (...kms) => JSON.stringify({ places: kms.map((km) => newNorthOf(UCLA, km)) }),
    searchNamed: (text) => JSON.stringify({ places: [{ ...newNorthOf(UCLA, 0), displayName: { text } }] }),
    searchWith: (places) => JSON.stringify({ places }),
    nowhere: { displayName: { text: "Nowhere" } },
    denial: (message) => ({
      status: 403,
      body: JSON.stringify({ error: { code: 403, message, status: "PERMISSION_DENIED" } }),
    }),
  },
  {
    name: "google-legacy",
    path: "/maps/api/place/nearbysearch/json",
    listField: "results",
    make: googleLegacy,
    search: (...kms) => legacySearch(kms.map((km) => northOf(UCLA, km))),
    searchNamed: (name) => legacySearch([{ ...northOf(UCLA, 0), name }]),
    searchWith: (results) => JSON.stringify({ results, status: "OK" }),
    nowhere: { name: "Nowhere" },
    denial: (words) => ({
      status: 200,
      body: JSON.stringify({ status: "REQUEST_DENIED", results: [], error_message: words }),
    }),
  },
];

interface Asking {
  readonly query?: PlacesQuery;
  readonly signal?: AbortSignal;
  readonly fetch?: Fetch;
}

/** Asks such an API at an address. */
export function askApi(
  { make }: Pick<GoogleApi, "make">,
  base: string,
  { query = UCLA, signal = new AbortController().signal, fetch = globalThis.fetch }: Asking = {},
): Promise<PlacesOutcome> {
  return make({ fetch, key: KEY, base, answerBytes: ANSWER_BYTES }).ask(query, signal);
}

export function names(outcome: PlacesOutcome): readonly string[] {
  if (!outcome.ok) throw new Error(`Expected places, got ${outcome.status}: ${outcome.message}`);
  return outcome.answer.results.map(({ name }) => name);
}

export function failure(outcome: PlacesOutcome): PlacesFailure {
  if (outcome.ok) throw new Error(`Expected a failure, got ${JSON.stringify(outcome.answer)}`);
  return outcome;
}
