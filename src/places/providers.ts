// Which providers a herd has, from its settings: Google first where there is a key, the embedded places always last, so
// that a herd without a key, a quota or a network still answers.

import { type AssetLoader, embeddedPlaces } from "./embedded.ts";
import { type Fetch, GOOGLE_LEGACY_BASE, googleLegacy } from "./google-legacy.ts";
import type { PlacesProvider } from "./provider.ts";

export interface PlacesSettings {
  /** `globalThis.fetch`, or a stand-in. */
  readonly fetch: Fetch;
  /** Gets an asset, from the Worker's assets binding. */
  readonly loadAsset: AssetLoader;
  /** Without a key, or with an empty one, Google is not asked. */
  readonly googleKey?: string | undefined;
  /** Where Google's API is; by default {@link GOOGLE_LEGACY_BASE}. */
  readonly googleBase?: string | undefined;
  /** Seconds that Google has to answer. */
  readonly timeoutSeconds: number;
}

/**
 * The providers in the order in which to ask them.
 *
 * Make them once per server and keep them: the embedded places are loaded once per provider.
 *
 * @throws RangeError if Google's base is not an address: a mistake of configuration.
 */
export function placesProviders(settings: PlacesSettings): PlacesProvider[] {
  const { fetch, googleKey: key, googleBase: base = GOOGLE_LEGACY_BASE, timeoutSeconds, loadAsset } = settings;
  const google = key === undefined || key === "" ? [] : [googleLegacy({ fetch, key, base, timeoutSeconds })];
  return [...google, embeddedPlaces(loadAsset)];
}
