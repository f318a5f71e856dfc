// What Google's legacy Nearby Search sent, as text, turned into an outcome.
//
// The envelope is checked strictly, for a body without a status or results is no answer; the places are checked loosely:
// whatever Google says of a place rides along, and a place without a name or a position is dropped. A failing status
// passes through with Google's own words. Pure: text in, value out. Keeps WA3 and WA4.
//
// https://developers.google.com/maps/documentation/places/web-service/legacy/search-nearby

import * as z from "zod";

import type { Place, PlacesQuery, PlacesStatus } from "../core/places.ts";
import { nearestWithin } from "./nearest.ts";
import { type PlacesFailure, type PlacesOutcome, placesFailed, placesFound } from "./provider.ts";

const envelopeSchema = z.object({
  status: z.enum([
    "OK",
    "ZERO_RESULTS",
    "INVALID_REQUEST",
    "OVER_QUERY_LIMIT",
    "REQUEST_DENIED",
    "UNKNOWN_ERROR",
  ] satisfies PlacesStatus[]),
  error_message: z.string().optional().catch(undefined),
  html_attributions: z.array(z.string()).catch([]),
  results: z.array(z.unknown()).optional(),
});

/**
 * Google's places are nested four deep. Printed with its indentation, an answer grows with the square of its depth, and a
 * megabyte of brackets would fill the memory or the stack; so a place nested deeper than this is dropped.
 */
const PLACE_DEPTH = 16;

const placeSchema = z
  .looseObject({
    name: z.string().min(1),
    geometry: z.looseObject({
      location: z.looseObject({ lat: z.number().min(-90).max(90), lng: z.number().min(-180).max(180) }),
    }),
  })
  .refine((place) => isNestedWithin(place, PLACE_DEPTH));

/** The outcome that the body of a 200 answer amounts to. */
export function readGoogleAnswer(body: string, query: PlacesQuery): PlacesOutcome {
  const json = parseJson(body);
  if (json === undefined) return unreadable(body);
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) return misshapen("status");
  const { status, error_message, html_attributions, results } = envelope.data;
  if (status !== "OK" && status !== "ZERO_RESULTS") return refused(status, error_message);
  if (results === undefined) return misshapen("results");
  return placesFound(nearestWithin(query, results.flatMap(readPlace)), html_attributions);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function readPlace(result: unknown): Place[] {
  const place = placeSchema.safeParse(result);
  return place.success ? [place.data] : [];
}

function isNestedWithin(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isNestedWithin(inner, depth - 1));
}

/** What each failing status means, in the words of Google's page, and whether asking again may help. */
const refusals = {
  INVALID_REQUEST: { help: "did not understand the request", retryable: false },
  OVER_QUERY_LIMIT: {
    help: "will not answer more requests now: its quota or its rate limit is used up, or billing is off",
    retryable: true,
  },
  REQUEST_DENIED: {
    help: "denied the request: check that the key is right and that its project has the legacy Places API and billing on",
    retryable: false,
  },
  UNKNOWN_ERROR: { help: "had an error of its own; asking again may help", retryable: true },
} as const satisfies Record<PlacesFailure["status"], { help: string; retryable: boolean }>;

/** The failure for one of Google's failing statuses, with Google's own words, whatever they are, if it gave any. */
export function refused(status: PlacesFailure["status"], words?: string): PlacesFailure {
  const { help, retryable } = refusals[status];
  const quote = words === undefined ? "" : ` It says: "${words.replace(/\s+/g, " ").trim()}"`;
  return placesFailed(status, `Google Places ${help}.${quote}`, { retryable });
}

function unreadable(body: string): PlacesFailure {
  const what = body.trimStart().startsWith("<") ? "a web page (HTML or XML)" : "something cut short or not JSON";
  const message = `Google Places answered with ${what}; something between here and Google may be in the way.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: true });
}

function misshapen(field: string): PlacesFailure {
  const message = `Google Places answered with JSON without a usable "${field}", which is no Nearby Search answer.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: false });
}
