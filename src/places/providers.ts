// The providers of a herd, by the names that its configuration calls them.
//
// Adding one is a file of its own and a line in `MAKERS`. One behind the network goes through `guarded`.

import type { HerdConfig } from "../core/config/herd-config.ts";
import { type AssetLoader, embeddedPlaces } from "./world/embedded.ts";
import { google } from "./google/google.ts";
import type { Fetch, GoogleAccess } from "./google/google-http.ts";
import { googleLegacy } from "./google/google-legacy.ts";
import { guarded } from "./guarded.ts";
import type { PlacesProvider, RemotePlaces } from "./port/provider.ts";
import type { RequestBudget } from "./port/request-budget.ts";

/** What the providers need of the platform. */
export interface PlacesPlatform {
  /** `globalThis.fetch`, or a stand-in. */
  readonly fetch: Fetch;
  /** Gets an asset, from the Worker's assets binding. */
  readonly loadAsset: AssetLoader;
  /** Without a key, or with an empty one, Google is not asked. */
  readonly googleKey?: string | undefined;
  readonly budget: RequestBudget;
}

type PlacesConfig = HerdConfig["places"];
type ProviderName = PlacesConfig["providers"][number];
type Maker = (config: PlacesConfig, platform: PlacesPlatform) => PlacesProvider | RemotePlaces | undefined;

/** `undefined`: the provider cannot work here, and is left out. */
const MAKERS: Readonly<Record<ProviderName, Maker>> = {
  google: (config, platform) => {
    const access = googleAccess(config, platform, config.googleUrl);
    return access && google({ ...access, fields: config.googleFields });
  },
  "google-legacy": (config, platform) => {
    const access = googleAccess(config, platform, config.googleLegacyUrl);
    return access && googleLegacy(access);
  },
  embedded: (_config, { loadAsset }) => embeddedPlaces(loadAsset),
};

/**
 * The providers in the order in which to ask them.
 *
 * Make them once per server and keep them: they remember how their requests fared, and load their data once.
 *
 * @throws RangeError if an address of Google's is none: a mistake of configuration.
 */
export function placesProviders(config: PlacesConfig, platform: PlacesPlatform): PlacesProvider[] {
  return config.providers.flatMap((name) => {
    const provider = MAKERS[name](config, platform);
    if (provider === undefined) return [];
    return "ask" in provider ? guarded(provider, config, platform.budget) : provider;
  });
}

function googleAccess(
  { answerBytes }: PlacesConfig,
  { fetch, googleKey: key = "" }: PlacesPlatform,
  base: string,
): GoogleAccess | undefined {
  return key === "" ? undefined : { fetch, key, base, answerBytes };
}
