// How many requests an address may make of the Worker, whatever they ask for.
//
// Each place where Cloudflare runs the Worker has a memory of its own, and counts by itself. Lines in a POST are counted by
// their server (LI3, LI22), for the whole herd of one's connections. Keeps LI31.

import type { HerdConfig } from "../../core/config/herd-config.ts";
import { sharersOf } from "../../core/access/networks.ts";
import { SharedBuckets } from "../../core/access/shared-buckets.ts";
import { problem } from "../respond/problem.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";
import { countedAddress } from "../transport/client-address.ts";
import { countsFor } from "./between-deployments.ts";

/** Those of this memory, for the configuration that they were made for. */
let rates: { readonly config: HerdConfig; readonly requests: SharedBuckets } | undefined;

/** The answer to a request that is too much for its address; `undefined` if it is not. `cost`: as how many it counts. */
export async function requestRateRefusal(request: Request, env: Env, cost: number): Promise<Response | undefined> {
  if (cost === 0) return undefined;
  const address = countedAddress((await countsFor(request, env)) ?? "");
  if (address === undefined) return undefined;
  const config = herdConfig(env);
  const { addressRequestsPerSecond, addressRequestsBurst, addressesOfNetwork } = config.limits;
  if (rates?.config !== config)
    rates = { config, requests: new SharedBuckets(addressRequestsPerSecond, addressRequestsBurst) };
  const sharers = sharersOf(address, addressesOfNetwork);
  const nowMillis = Date.now();
  if (rates.requests.take(sharers, nowMillis, cost)) return undefined;
  const waitSeconds = Math.ceil(rates.requests.waitMillis(sharers, nowMillis) / 1000);
  const title = "Too many requests of one address: ask again later";
  return problem(429, title, {}, { "Retry-After": String(Math.max(1, waitSeconds)) });
}
