// Secrets that a request shows in its Authorization header: a peer's, an operator's. An operator may show a signed token
// that says so in place of the secret (AC5).
//
// The digests are compared, not the tokens: they have one length, and the comparison takes one time whatever they are, so
// nobody learns a token by trying.

import { admit, forbidden, type Admission } from "./admission.ts";
import { bearerOf } from "./bearer-header.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";

/** Whether a request comes from a server of another deployment of this herd: without a token of our own nobody does. */
export function isPeer(request: Request, { PEER_TOKEN = "" }: Env): Promise<boolean> {
  return shows(request, PEER_TOKEN);
}

/**
 * Whether a request comes from an operator: one who shows the operators' secret, or a client's token that says so. In a herd
 * that asks for neither, everybody on this machine is one.
 */
export async function isOperator(request: Request, env: Env): Promise<boolean> {
  const { OPERATOR_TOKEN = "" } = env;
  if (await shows(request, OPERATOR_TOKEN)) return true;
  if (herdConfig(env).auth !== undefined) return (await admit(request, env)).permissions?.isOperator === true;
  if (OPERATOR_TOKEN !== "") return false;
  const { hostname } = new URL(request.url);
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

/** Admits operators; in an open herd, everybody. `title` tells anyone else why not. */
export async function admitOperator(request: Request, env: Env, title: string): Promise<Admission> {
  if (await shows(request, env.OPERATOR_TOKEN ?? "")) return { permissions: undefined };
  const admission = await admit(request, env);
  return admission.permissions?.isOperator === false ? { refusal: forbidden(title) } : admission;
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
