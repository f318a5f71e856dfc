// Admits a request with its permissions, or refuses it with an answer.
//
// A token is checked here, once for each connection or POST. Behind this point there are only permissions, and no tokens.
// 400: the token is in a wrong place. 401: there is none, or it is not believed. 403: it allows nothing here. 503: we cannot
// check tokens. RFC 6750 has the format of WWW-Authenticate. Keeps AC2, AC5 and AC7.

import { mayAnything, type Permissions } from "../../core/access/permissions.ts";
import { CannotCheckTokens, checkToken } from "./access-token.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";
import { problem } from "../respond/problem.ts";
import { hasTokenInQuery, shownToken } from "./shown-token.ts";

const SHOWN_BY = {
  tokens: ["Authorization: Bearer <token>", "Sec-WebSocket-Protocol: herd, bearer.<token>"],
};

/** `permissions` is `undefined` if the herd asks nobody for a token. */
export type Admission =
  | { readonly permissions: Permissions | undefined }
  | {
      readonly permissions?: never;
      readonly refusal: Response;
      /** What the herd itself cannot do, for its log. */
      readonly trouble?: string;
    };

/** Admits a client that brings lines to a server. */
export async function admitClient(request: Request, env: Env): Promise<Admission> {
  const admission = await admit(request, env);
  const { permissions } = admission;
  return permissions === undefined || mayAnything(permissions)
    ? admission
    : { refusal: forbidden("The token allows neither reports nor questions") };
}

/** Admits any request, with the permissions of its token. */
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
    const refusal = problem(503, `The herd cannot check tokens: ${error.told}`, {}, { "Retry-After": "5" });
    return { refusal, trouble: error.message };
  }
}

/** Refuses a token in an address, even if this herd asks for none. `undefined` if the address has no token. */
export function refuseTokenInQuery(request: Request): Response | undefined {
  if (!hasTokenInQuery(request.url)) return undefined;
  return misused("A token does not belong in an address: logs have addresses, and others may know this token now");
}

export function forbidden(title: string): Response {
  return problem(403, title, {}, { "WWW-Authenticate": challenge("insufficient_scope", title) });
}

function misused(title: string): Response {
  return problem(400, title, SHOWN_BY, { "WWW-Authenticate": challenge("invalid_request", title) });
}

/** RFC 6750, 3.1: without a token the answer has no error, it only asks for one. */
function unauthorized(title?: string): Response {
  const header = title === undefined ? 'Bearer realm="herd"' : challenge("invalid_token", title);
  return problem(401, title ?? "This herd asks for a token", SHOWN_BY, { "WWW-Authenticate": header });
}

/** No title has a quotation mark, a backslash or a character beyond ASCII: a header cannot have these. */
function challenge(error: string, title: string): string {
  return `Bearer realm="herd", error="${error}", error_description="${title}"`;
}
