// A WebSocket that `/nearest` hands on to a server of another deployment, and where its client comes from.
//
// The other deployment sees the deployment that hands on, not the client. Facts, 2026-11-26 (documentation): between zones,
// all requests of Workers come from one address, and Cloudflare overwrites what else is said of it. All such clients would share
// the limits of one. So the address is handed on, with the token that the deployments share: without it anybody could choose
// an address. What a client says of itself in these headers goes no further. Keeps ED30.

import { countedSecret } from "../../core/config/secrets.ts";
import { isSecret } from "../auth/bearer-token.ts";
import type { Env } from "../env/env.ts";
import { CLIENT_ADDRESS_HEADER, clientAddressOf, countedAddress } from "../transport/client-address.ts";
import { PEER_TOKEN_HEADER } from "../transport/client-request.ts";

/** The client's upgrade as it goes to `address`. */
export function handOn(request: Request, address: URL, env: Env): Request {
  // A redirect would take the token elsewhere.
  const handed = new Request(new Request(address, request), { redirect: "manual" });
  for (const name of [CLIENT_ADDRESS_HEADER, PEER_TOKEN_HEADER]) handed.headers.delete(name);
  const token = countedSecret(env.PEER_TOKEN);
  const from = clientAddressOf(request);
  if (token === "" || from === undefined) return handed;
  handed.headers.set(CLIENT_ADDRESS_HEADER, from);
  handed.headers.set(PEER_TOKEN_HEADER, token);
  return handed;
}

/** Where the client of an upgrade comes from: as the deployment tells that handed it on, or else as it reached this one. */
export async function clientAddressBehind(request: Request, env: Env): Promise<string | undefined> {
  const seen = clientAddressOf(request);
  const told = request.headers.get(CLIENT_ADDRESS_HEADER) ?? "";
  const shown = request.headers.get(PEER_TOKEN_HEADER) ?? undefined;
  // A client of the other deployment's own machine has no address there. Here it has that deployment's.
  if (countedAddress(told) === undefined || !(await isSecret(shown, env.PEER_TOKEN))) return seen;
  return told;
}
