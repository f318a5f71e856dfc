// Secrets that a request shows: that of a peer in its Authorization header, or that of an operator, as any token is shown (AC7): a
// page cannot set headers on a WebSocket that follows a log.
//
// The digests are compared, not the secrets. All digests have the same length, and a comparison always takes the same time.
// Nobody can learn a secret by trying.

import { countedSecret } from "../../core/config/secrets.ts";
import { bearerOf } from "./bearer-header.ts";
import type { Env } from "../env/env.ts";
import { shownToken } from "./shown-token.ts";

/** Whether a request comes from a server of another deployment of this herd. Without a `PEER_TOKEN`, none does. */
export function isPeer(request: Request, { PEER_TOKEN = "" }: Env): Promise<boolean> {
  return isSecret(bearerOf(request), PEER_TOKEN);
}

/** Whether a request shows the deployment's `OPERATOR_TOKEN`. Without one, none does. */
export async function showsOperatorToken(request: Request, { OPERATOR_TOKEN = "" }: Env): Promise<boolean> {
  const shown = shownToken(request);
  return "token" in shown && (await isSecret(shown.token, OPERATOR_TOKEN));
}

/** Whether what somebody shows is this secret. Nobody can show an empty one, or one that is too short to count. */
export async function isSecret(shown: string | undefined, secret = ""): Promise<boolean> {
  if (countedSecret(secret) === "" || shown === undefined) return false;
  const [wanted, found] = await Promise.all([digest(secret), digest(shown)]);
  return crypto.subtle.timingSafeEqual(wanted, found);
}

function digest(token: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
}
