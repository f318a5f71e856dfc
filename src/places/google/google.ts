// Google's Places API (New), Nearby Search: the API that Google gives to new projects.
//
//   POST /v1/places:searchNearby
//   X-Goog-Api-Key: …
//   X-Goog-FieldMask: places.displayName,places.location,…
//   {"locationRestriction": {"circle": {"center": {"latitude": 34.06893, "longitude": -118.445127}, "radius": 10000}},
//    "maxResultCount": 20, "rankPreference": "DISTANCE"}
//   200 {"places": [{"displayName": {"text": …}, "location": {"latitude": …, "longitude": …}, …}]}
//
// Google requires the mask, and bills by the most expensive field in it (`places.googleFields`). Keeps WA3 and WA4.
//
// https://developers.google.com/maps/documentation/places/web-service/nearby-search

import type { PlacesQuery } from "../../core/protocol/places.ts";
import { readGoogleAnswer } from "./google-answer.ts";
import { askGoogle, type GoogleAccess, googleAddress } from "./google-http.ts";
import { GOOGLE_TERMS } from "./google-terms.ts";
import type { RemotePlaces } from "../port/provider.ts";

export interface GoogleOptions extends GoogleAccess {
  /** The fields of a place to ask for, by Google's names, such as `displayName`. */
  readonly fields: readonly string[];
}

/**
 * Asks the new API.
 *
 * @throws RangeError if the key is empty or the base is not an address, which are mistakes of configuration.
 */
export function google({ fields, ...access }: GoogleOptions): RemotePlaces {
  const url = googleAddress(access, "/v1/places:searchNearby").href;
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    "x-goog-api-key": access.key,
    "x-goog-fieldmask": fields.map((field) => `places.${field}`).join(),
  };
  return {
    name: "google",
    terms: GOOGLE_TERMS,
    ask: (query, signal) =>
      askGoogle(
        access,
        { url, method: "POST", headers, body: JSON.stringify(searchOf(query)) },
        (httpStatus, body) => readGoogleAnswer(httpStatus, body, query),
        signal,
      ),
  };
}

function searchOf({ latitude, longitude, radiusKm, items }: PlacesQuery): unknown {
  return {
    locationRestriction: { circle: { center: { latitude, longitude }, radius: radiusKm * 1000 } },
    maxResultCount: items,
    rankPreference: "DISTANCE",
  };
}
