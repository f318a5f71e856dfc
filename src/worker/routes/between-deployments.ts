// What one deployment of the herd asks another one, for itself or for a client that `/nearest` leads there.
//
// The other deployment sees the deployment that asks, not the client. Facts, 2026-11-26 (documentation): between zones, all
// requests of Workers, also of other people's, come from one address, and Cloudflare overwrites what else is said of it. So the
// token that the deployments share tells them from the others, and says where a client comes from: without it anybody could
// choose an address. What a client says of itself in these headers goes no further. Keeps ED30 and ED31.

import { countedSecret } from "../../core/config/secrets.ts";
import { isSecret } from "../auth/bearer-token.ts";
import type { Env } from "../env/env.ts";
import { CLIENT_ADDRESS_HEADER, clientAddressOf, countedAddress } from "../transport/client-address.ts";
import { PEER_TOKEN_HEADER } from "../transport/feed-request.ts";

/** Asks another deployment. A redirect is not followed: it would take the token elsewhere. */
export function askDeployment(address: URL, env: Env, signal?: AbortSignal): Promise<Response> {
  const token = countedSecret(env.PEER_TOKEN);
  const headers = token === "" ? {} : { [PEER_TOKEN_HEADER]: token };
  return fetch(address, { headers, redirect: "manual", ...(signal !== undefined && { signal }) });
}

/** Hands a client's upgrade on to another deployment. */
export function handOn(request: Request, address: URL, env: Env): Promise<Response> {
  const handed = new Request(new Request(address, request), { redirect: "manual" });
  for (const name of [CLIENT_ADDRESS_HEADER, PEER_TOKEN_HEADER]) handed.headers.delete(name);
  const token = countedSecret(env.PEER_TOKEN);
  if (token !== "") {
    handed.headers.set(CLIENT_ADDRESS_HEADER, clientAddressOf(request) ?? "");
    handed.headers.set(PEER_TOKEN_HEADER, token);
  }
  return fetch(handed);
}

/**
 * For what address a request counts. That is where its client comes from, as a deployment tells that hands it on, and otherwise
 * from where it reached this one. A deployment that asks for itself counts for none.
 */
export async function countsFor(request: Request, env: Env): Promise<string | undefined> {
  const seen = clientAddressOf(request);
  const shown = request.headers.get(PEER_TOKEN_HEADER) ?? undefined;
  if (shown === undefined || !(await isSecret(shown, env.PEER_TOKEN))) return seen;
  const told = request.headers.get(CLIENT_ADDRESS_HEADER);
  if (told === null) return undefined;
  // A client of the other deployment's own machine has no address there. Here it has that deployment's.
  return countedAddress(told) === undefined ? seen : told;
}
