// Google's legacy Nearby Search, asked over HTTP as in the paper. Only older projects still have it.
//
//   GET /maps/api/place/nearbysearch/json?location=34.0689300,-118.4451270&radius=10000&key=…
//   200 {"html_attributions": [], "results": [{"name": …, "geometry": …, …}], "status": "OK"}
//
// This API takes the key only in the address. The address is therefore never logged or shown. Keeps WA3 and WA4.
//
// https://developers.google.com/maps/documentation/places/web-service/legacy/search-nearby

import type { PlacesQuery } from "../../core/protocol/places.ts";
import { httpFailure } from "./google-failure.ts";
import { askGoogle, type GoogleAccess, googleAddress } from "./google-http.ts";
import { readLegacyAnswer } from "./google-legacy-answer.ts";
import { GOOGLE_TERMS } from "./google-terms.ts";
import type { RemotePlaces } from "../port/provider.ts";

/**
 * Asks the legacy API.
 *
 * @throws RangeError if the key is empty or the base is not an address, which are mistakes of configuration.
 */
export function googleLegacy(access: GoogleAccess): RemotePlaces {
  const address = googleAddress(access, "/maps/api/place/nearbysearch/json").href;
  return {
    name: "google-legacy",
    terms: GOOGLE_TERMS,
    ask: (query, signal) =>
      askGoogle(
        access,
        {
          url: `${address}?${parametersOf(query, access.key)}`,
          method: "GET",
          headers: { accept: "application/json" },
        },
        (httpStatus, body) => (httpStatus === 200 ? readLegacyAnswer(body, query) : httpFailure(httpStatus)),
        signal,
      ),
  };
}

function parametersOf({ latitude, longitude, radiusKm }: PlacesQuery, key: string): string {
  const parameters = {
    // Seven decimals are a centimetre. `toFixed` never writes an exponent.
    location: `${latitude.toFixed(7)},${longitude.toFixed(7)}`,
    radius: String(Math.max(1, Math.round(radiusKm * 1000))),
    key,
  };
  return new URLSearchParams(parameters).toString();
}
