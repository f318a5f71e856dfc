// The places providers of a server: keys and assets from the environment, its budget from its storage, the rest from the
// configuration.

import type { HerdConfig } from "../../core/config/herd-config.ts";
import type { PlacesProvider } from "../../places/port/provider.ts";
import { placesProviders } from "../../places/providers.ts";
import type { Env } from "../env/env.ts";
import { SqlRequestBudget } from "../storage/sql-request-budget.ts";

/**
 * The assets that this isolate has read, shared by all servers in it: they are only read, and one copy of nine megabytes is
 * enough of the 128 there are. Bytes are shared, never the promise of them, which belongs to the server that asked.
 */
const loaded = new Map<string, ArrayBuffer>();

export function herdPlaces(env: Env, { places }: HerdConfig, sql: SqlStorage): PlacesProvider[] {
  return placesProviders(places, {
    fetch: (input, init) => fetch(input, init),
    loadAsset: (path) => loadAsset(env, path, places.timeoutSeconds),
    googleKey: env.GOOGLE_PLACES_KEY,
    budget: new SqlRequestBudget(sql, places.dailyRequests),
  });
}

async function loadAsset(env: Env, path: string, timeoutSeconds: number): Promise<ArrayBuffer> {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const response = await env.ASSETS.fetch(`https://assets/${path}`, { signal });
  if (!response.ok) throw new Error(`Cannot load the asset ${path}: HTTP ${response.status}`);
  const bytes = await response.arrayBuffer();
  loaded.set(path, bytes);
  return bytes;
}
