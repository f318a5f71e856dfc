// The providers of a herd, by their names in the configuration.
//
// A new provider is a file of its own, its name in src/core/config/places-config.ts, and a line in `MAKERS`. A provider on the
// network is guarded (guarded.ts). Keeps WA5.

import type { HerdConfig } from "../core/config/herd-config.ts";
import { type AssetLoader, embeddedPlaces } from "./world/embedded.ts";
import { google } from "./google/google.ts";
import type { Fetch, GoogleAccess } from "./google/google-http.ts";
import { googleLegacy } from "./google/google-legacy.ts";
import { guarded } from "./guarded.ts";
import type { PlacesProvider, RemotePlaces } from "./port/provider.ts";
import type { RequestBudget } from "./port/request-budget.ts";

/** What the providers need from the platform. */
export interface PlacesPlatform {
  /** `globalThis.fetch` in a Worker. */
  readonly fetch: Fetch;
  /** Gets an asset from the Worker's assets binding. */
  readonly loadAsset: AssetLoader;
  /** Without a key, Google is not asked. */
  readonly googleKey?: string | undefined;
  readonly budget: RequestBudget;
}

type PlacesConfig = HerdConfig["places"];
type ProviderName = PlacesConfig["providers"][number];
type Maker = (config: PlacesConfig, platform: PlacesPlatform) => PlacesProvider | RemotePlaces | undefined;

/** A maker returns `undefined` if the provider cannot work here. It is then left out. */
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
 * Make them once for each server and keep them: they remember the outcomes of their requests, and load their data once.
 *
 * @throws RangeError if one of Google's addresses is not an address, which is a mistake of configuration.
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
