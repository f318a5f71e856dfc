// At the door: what a request may do, or the answer that sends it away.
//
// Tokens are checked here, once a connection or POST; from here on there are permissions, and no token goes any further.
// 400: a token in the wrong place. 401: none, or one that is not believed. 403: one that allows nothing here. 503: we
// cannot check any. RFC 6750 has the shape of WWW-Authenticate. Keeps AC2, AC5 and AC7.

import { mayAnything, type Permissions } from "../../core/access/permissions.ts";
import { CannotCheckTokens, checkToken } from "./access-token.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";
import { problem } from "../respond/problem.ts";
import { hasTokenInQuery, shownToken } from "./shown-token.ts";

const SHOWN_BY = {
  tokens: ["Authorization: Bearer <token>", "Sec-WebSocket-Protocol: herd, bearer.<token>"],
};

/** `permissions` is `undefined` where the herd asks nobody for a token. */
export type Admission =
  | { readonly permissions: Permissions | undefined }
  | { readonly permissions?: never; readonly refusal: Response };

/** Who comes to a server with lines. */
export async function admitClient(request: Request, env: Env): Promise<Admission> {
  const admission = await admit(request, env);
  const { permissions } = admission;
  return permissions === undefined || mayAnything(permissions)
    ? admission
    : { refusal: forbidden("The token allows neither reports nor questions") };
}

/** Who comes at all, with what they are allowed. */
export async function admit(request: Request, env: Env): Promise<Admission> {
  const { auth } = herdConfig(env);
  if (auth === undefined) return { permissions: undefined };
  const shown = shownToken(request);
  if ("misuse" in shown) return { refusal: misused(shown.misuse) };
  if (shown.token === undefined) return { refusal: unauthorized() };
  try {
    const checked = await checkToken(shown.token, auth, env);
    return typeof checked === "string" ? { refusal: unauthorized(checked) } : { permissions: checked };
  } catch (error) {
    if (!(error instanceof CannotCheckTokens)) throw error;
    console.error(error.message);
    const title = "The herd cannot check tokens now: its log says why";
    return { refusal: problem(503, title, {}, { "Retry-After": "5" }) };
  }
}

/** The answer to a token in an address; `undefined` if there is none. Asked of every request, whether tokens count or not. */
export function refuseTokenInQuery(request: Request): Response | undefined {
  if (!hasTokenInQuery(request.url)) return undefined;
  return misused("A token does not belong into an address, which stands in logs: regard it as known to others");
}

export function forbidden(title: string): Response {
  return problem(403, title, {}, { "WWW-Authenticate": challenge("insufficient_scope", title) });
}

function misused(title: string): Response {
  return problem(400, title, SHOWN_BY, { "WWW-Authenticate": challenge("invalid_request", title) });
}

/** RFC 6750, 3.1: who shows nothing is told no error, only that something is to be shown. */
function unauthorized(title?: string): Response {
  const header = title === undefined ? 'Bearer realm="herd"' : challenge("invalid_token", title);
  return problem(401, title ?? "This herd asks for a token", SHOWN_BY, { "WWW-Authenticate": header });
}

/** No title has a quotation mark, a backslash or a character beyond ASCII, which a header could not say. */
function challenge(error: string, title: string): string {
  return `Bearer realm="herd", error="${error}", error_description="${title}"`;
}
