// The providers of a herd, by the names that its configuration calls them.
//
// Adding one is a file of its own and a line in `MAKERS`.

import { type AssetLoader, embeddedPlaces } from "./embedded.ts";
import { type Fetch, googleLegacy } from "./google-legacy.ts";
import type { PlacesProvider } from "./provider.ts";

export interface PlacesSettings {
  /** `globalThis.fetch`, or a stand-in. */
  readonly fetch: Fetch;
  /** Gets an asset, from the Worker's assets binding. */
  readonly loadAsset: AssetLoader;
  /** Without a key, or with an empty one, Google is not asked. */
  readonly googleKey?: string | undefined;
  /** Base address of Google's legacy API. */
  readonly googleLegacyUrl: string;
  /** Seconds that a provider has to answer. */
  readonly timeoutSeconds: number;
}

export type ProviderName = "google-legacy" | "embedded";

/** `undefined`: the provider cannot work with these settings, and is left out. */
const MAKERS: Readonly<Record<ProviderName, (settings: PlacesSettings) => PlacesProvider | undefined>> = {
  "google-legacy": ({ googleKey: key = "", googleLegacyUrl: base, fetch, timeoutSeconds }) =>
    key === "" ? undefined : googleLegacy({ fetch, key, base, timeoutSeconds }),
  embedded: ({ loadAsset }) => embeddedPlaces(loadAsset),
};

/**
 * The providers in the order in which to ask them.
 *
 * Make them once per server and keep them: the embedded places are loaded once per provider.
 *
 * @throws RangeError if Google's base is not an address: a mistake of configuration.
 */
export function placesProviders(order: readonly ProviderName[], settings: PlacesSettings): PlacesProvider[] {
  return order.flatMap((name) => MAKERS[name](settings) ?? []);
}
