// What Google's terms allow with the answers of both of its Places APIs.

import type { PlacesTerms } from "../port/provider.ts";

/** Section 3.2.3 of the terms (no caching, no use with another map) and the policies for the Places API, read 2026-11-22. */
export const GOOGLE_TERMS: PlacesTerms = {
  keep: "place ids",
  draw: "Google's map",
  credit: "Google Maps",
  source: "https://developers.google.com/maps/documentation/places/web-service/policies",
};
