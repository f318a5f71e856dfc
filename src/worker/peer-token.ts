// Whether a request comes from a server of another deployment of this herd: it shows the token that both hold.
//
// The digests are compared, not the tokens: they have one length, and the comparison takes one time whatever they are, so
// nobody learns a token by trying. Without a token of our own nobody is a peer.

import type { Env } from "./env.ts";

export async function isPeer(request: Request, { PEER_TOKEN: token = "" }: Env): Promise<boolean> {
  const shown = /^Bearer (.+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
  if (token === "" || shown === undefined) return false;
  const [wanted, found] = await Promise.all([digest(token), digest(shown)]);
  return crypto.subtle.timingSafeEqual(wanted, found);
}

function digest(token: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
}
