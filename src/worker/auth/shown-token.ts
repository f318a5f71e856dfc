// Where a request shows its token: in the Authorization header, or among the subprotocols that it offers
// (`Sec-WebSocket-Protocol: herd, bearer.<token>`), because a page cannot set headers on a WebSocket. The answer selects
// `herd`, and does not repeat the token. A token may not be in a query: logs and histories have addresses. Keeps AC7.

import { bearerOf } from "./bearer-header.ts";

/** The subprotocol of the herd. */
const SUBPROTOCOL = "herd";

const TOKEN_PREFIX = "bearer.";

const TOKEN_PARAMETERS = new Set(["token", "access_token", "id_token", "jwt", "bearer", "authorization"]);

export type ShownToken = { readonly token: string | undefined } | { readonly misuse: string };

/** The token of a request, which may have one, in one place. */
export function shownToken(request: Request): ShownToken {
  const offered = subprotocolsOf(request);
  const inOffer = offered
    .filter((name) => name.startsWith(TOKEN_PREFIX))
    .map((name) => name.slice(TOKEN_PREFIX.length));
  const inHeader = bearerOf(request);
  if (inOffer.length > 0 && !offered.includes(SUBPROTOCOL))
    return { misuse: `Offer the token beside ${SUBPROTOCOL}: the answer selects that, and not the token` };
  if (inOffer.length + (inHeader === undefined ? 0 : 1) > 1) return { misuse: "A request may show only one token" };
  return { token: inHeader ?? inOffer[0] };
}

/** Whether an address has a token in its query. */
export function hasTokenInQuery(address: string): boolean {
  return [...new URL(address).searchParams.keys()].some((name) => TOKEN_PARAMETERS.has(name.toLowerCase()));
}

/** Adds the herd's subprotocol to the answer to an upgrade that offers it: a browser that offers some waits for one of them. */
export function selectSubprotocol(request: Request, answer: Response): Response {
  if (answer.webSocket === null || !subprotocolsOf(request).includes(SUBPROTOCOL)) return answer;
  const headers = { "Sec-WebSocket-Protocol": SUBPROTOCOL };
  return new Response(null, { status: 101, webSocket: answer.webSocket, headers });
}

function subprotocolsOf(request: Request): string[] {
  const offered = request.headers.get("Sec-WebSocket-Protocol") ?? "";
  return offered.split(",").map((name) => name.trim());
}
