// The places providers of a server. The environment has keys and assets, the storage has the budget, and the configuration
// has the rest.

import type { HerdConfig } from "../../core/config/herd-config.ts";
import type { PlacesProvider } from "../../places/port/provider.ts";
import { placesProviders } from "../../places/providers.ts";
import type { Env } from "../env/env.ts";
import { SqlRequestBudget } from "../storage/sql-request-budget.ts";
import type { Writes } from "../storage/writes.ts";

/**
 * The assets that this isolate has loaded. All servers in it share them, because a copy takes nine of the isolate's 128
 * megabytes. They share the bytes and not the promise, because a promise belongs to the server that made it.
 */
const loaded = new Map<string, ArrayBuffer>();

export function herdPlaces(env: Env, { places }: HerdConfig, sql: SqlStorage, writes: Writes): PlacesProvider[] {
  return placesProviders(places, {
    fetch: (input, init) => fetch(input, init),
    loadAsset: (path) => loadAsset(env, path, places.timeoutSeconds),
    googleKey: env.GOOGLE_PLACES_KEY,
    budget: new SqlRequestBudget(sql, writes, places.dailyRequests),
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
