// Secrets that a request shows in its Authorization header: a peer's, an operator's.
//
// The digests are compared, not the tokens: they have one length, and the comparison takes one time whatever they are, so
// nobody learns a token by trying.

import type { Env } from "./env.ts";

/** The token after `Bearer`, if the request has one. */
export function bearerOf(request: Request): string | undefined {
  return /^Bearer (.+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
}

/** Whether a request comes from a server of another deployment of this herd: without a token of our own nobody does. */
export function isPeer(request: Request, { PEER_TOKEN = "" }: Env): Promise<boolean> {
  return shows(request, PEER_TOKEN);
}

/** Whether a request comes from an operator. Without a token of our own everybody on this machine is one. */
export async function isOperator(request: Request, { OPERATOR_TOKEN = "" }: Env): Promise<boolean> {
  if (OPERATOR_TOKEN !== "") return shows(request, OPERATOR_TOKEN);
  const { hostname } = new URL(request.url);
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

async function shows(request: Request, token: string): Promise<boolean> {
  const shown = bearerOf(request);
  if (token === "" || shown === undefined) return false;
  const [wanted, found] = await Promise.all([digest(token), digest(shown)]);
  return crypto.subtle.timingSafeEqual(wanted, found);
}

function digest(token: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
}
