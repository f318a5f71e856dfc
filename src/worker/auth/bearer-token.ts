// Secrets that a request shows in its Authorization header: a peer's, an operator's.
//
// The digests are compared, not the tokens: they have one length, and the comparison takes one time whatever they are, so
// nobody learns a token by trying.

import { bearerOf } from "./bearer-header.ts";
import type { Env } from "../env/env.ts";

/** Whether a request comes from a server of another deployment of this herd: without a token of our own nobody does. */
export function isPeer(request: Request, { PEER_TOKEN = "" }: Env): Promise<boolean> {
  return showsSecret(request, PEER_TOKEN);
}

/** Whether a request shows this secret; an empty one is never shown. */
export async function showsSecret(request: Request, secret: string): Promise<boolean> {
  const shown = bearerOf(request);
  if (secret === "" || shown === undefined) return false;
  const [wanted, found] = await Promise.all([digest(secret), digest(shown)]);
  return crypto.subtle.timingSafeEqual(wanted, found);
}

function digest(token: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
}
