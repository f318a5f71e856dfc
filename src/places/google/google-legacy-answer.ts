// From the answers of Google's legacy Nearby Search to outcomes.
//
// The envelope is checked strictly: a body without a status or results is not an answer. The places are checked loosely: all
// their fields are passed on, and a place without a name or a position is dropped. A failing status is passed on with Google's
// own words. Pure: text in, value out. Keeps WA3 and WA4.
//
// https://developers.google.com/maps/documentation/places/web-service/legacy/search-nearby

import * as z from "zod";

import type { Place, PlacesQuery, PlacesStatus } from "../../core/protocol/places.ts";
import { misshapen, refused, unreadable } from "./google-failure.ts";
import { isShallow, parseJson } from "./google-json.ts";
import { nearestWithin } from "../port/nearest.ts";
import { type PlacesOutcome, placesFound } from "../port/provider.ts";

const envelopeSchema = z.object({
  status: z.enum([
    "OK",
    "ZERO_RESULTS",
    "INVALID_REQUEST",
    "OVER_QUERY_LIMIT",
    "REQUEST_DENIED",
    "UNKNOWN_ERROR",
    "NOT_FOUND",
  ] satisfies PlacesStatus[]),
  error_message: z.string().optional().catch(undefined),
  html_attributions: z.array(z.string()).catch([]),
  results: z.array(z.unknown()).optional(),
});

const placeSchema = z
  .looseObject({
    name: z.string().min(1),
    geometry: z.looseObject({
      location: z.looseObject({ lat: z.number().min(-90).max(90), lng: z.number().min(-180).max(180) }),
    }),
  })
  .refine((place) => isShallow(place));

/** The outcome of the body of a 200 answer. */
export function readLegacyAnswer(body: string, query: PlacesQuery): PlacesOutcome {
  const json = parseJson(body);
  if (json === undefined) return unreadable(body);
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) return misshapen("status");
  const { status, error_message, html_attributions, results } = envelope.data;
  if (status !== "OK" && status !== "ZERO_RESULTS") return refused(status, error_message);
  if (results === undefined) return misshapen("results");
  return placesFound(nearestWithin(query, results.flatMap(readPlace)), html_attributions);
}

function readPlace(result: unknown): Place[] {
  const place = placeSchema.safeParse(result);
  return place.success ? [place.data] : [];
}
