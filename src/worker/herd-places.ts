// The places providers of this deployment: keys and assets from the environment, the rest from the configuration.

import type { HerdConfig } from "../core/herd-config.ts";
import type { PlacesProvider } from "../places/provider.ts";
import { placesProviders } from "../places/providers.ts";
import type { Env } from "./env.ts";

export function herdPlaces(env: Env, { places }: HerdConfig): PlacesProvider[] {
  return placesProviders({
    fetch: (input, init) => fetch(input, init),
    loadAsset: async (name) => {
      const response = await env.ASSETS.fetch(`https://assets/${name}`);
      if (!response.ok) throw new Error(`Cannot load the asset ${name}: HTTP ${response.status}`);
      return response.arrayBuffer();
    },
    googleKey: env.GOOGLE_PLACES_KEY,
    googleBase: places.googleLegacyUrl,
    timeoutSeconds: places.timeoutSeconds,
  });
}
