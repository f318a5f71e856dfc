// Places without a key and without the network: populated places from GeoNames, airports from OurAirports.
//
// The data is one built file (world-format.ts). A loader fetches it at the first query, and all later queries share it. If the
// load fails, only that query fails: the next one tries again. Each answer has the credit of the sources that it used, as
// GeoNames' licence asks. Keeps WA3 and WA4.

import {
  placesFailed,
  placesFound,
  type PlacesFailure,
  type PlacesProvider,
  type PlacesTerms,
} from "../port/provider.ts";
import { openWorld, type World, type WorldResult } from "./world.ts";
import { WORLD_ASSET, WorldFormatError } from "./world-format.ts";

/**
 * Gets a built asset by its path under `assets/`. Rejects if it cannot.
 *
 * The buffer is only read. A loader may give the same one to every provider of an isolate.
 */
export type AssetLoader = (path: string) => Promise<ArrayBuffer>;

/** The credit that each source asks for, by the prefix of its place ids. */
const CREDITS = {
  "geonames:":
    'Populated places from <a href="https://www.geonames.org/">GeoNames</a>, abridged, ' +
    '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>',
  "ourairports:": 'Airports from <a href="https://ourairports.com/data/">OurAirports</a>, public domain',
} as const;

/** CC BY 4.0 and the public domain both allow keeping and drawing. GeoNames asks for its credit. */
const TERMS: PlacesTerms = {
  keep: "answers",
  draw: "any map",
  credit: Object.values(CREDITS).join("; "),
  source: "https://creativecommons.org/licenses/by/4.0/",
};

/** A provider over the built file. */
export function embeddedPlaces(load: AssetLoader): PlacesProvider {
  let loading: Promise<World> | undefined;

  async function world(): Promise<World> {
    const attempt = (loading ??= load(WORLD_ASSET).then(openWorld));
    try {
      return await attempt;
    } catch (error) {
      // Forget only the attempt that failed: a newer one may be under way.
      if (loading === attempt) loading = undefined;
      throw error;
    }
  }

  return {
    name: "embedded",
    terms: TERMS,
    async nearby(query) {
      try {
        const results = (await world()).nearest(query);
        return placesFound(results, creditsOf(results));
      } catch (error) {
        return unavailable(error);
      }
    },
  };
}

function creditsOf(results: readonly WorldResult[]): string[] {
  return Object.entries(CREDITS)
    .filter(([prefix]) => results.some((result) => result.place_id.startsWith(prefix)))
    .map(([, credit]) => credit);
}

function unavailable(error: unknown): PlacesFailure {
  // Only our own errors are known to be fit for a client to see.
  const why = error instanceof WorldFormatError ? error.message : "The embedded places could not be loaded.";
  const message = `${why} If it stays so, run "node scripts/build/build-places.ts" and start again.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: true });
}
