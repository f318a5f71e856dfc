// The shortest answer about places: none found.

import type { PlacesAnswer } from "../../src/core/protocol/places.ts";

export const NO_PLACES: PlacesAnswer = { html_attributions: [], results: [], status: "ZERO_RESULTS" };

/** Its text in an answer. */
export const NO_PLACES_TEXT = JSON.stringify(NO_PLACES, null, 2);
