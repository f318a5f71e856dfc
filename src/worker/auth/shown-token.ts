// Where a request shows its token: the Authorization header, or, since browsers let no page set headers on a WebSocket,
// the subprotocols that it offers: `Sec-WebSocket-Protocol: herd, bearer.<token>`. The answer to those selects `herd`, and
// so repeats no token. A query is no place for one: addresses stand in logs and histories. Keeps AC7.

import { bearerOf } from "./bearer-header.ts";

/** What a WebSocket of the herd speaks, where it says so. */
const SUBPROTOCOL = "herd";

const TOKEN_PREFIX = "bearer.";

const TOKEN_PARAMETERS = new Set(["token", "access_token", "id_token", "jwt", "bearer", "authorization"]);

export type ShownToken = { readonly token: string | undefined } | { readonly misuse: string };

/** The token that a request shows. It may show one in one place. */
export function shownToken(request: Request): ShownToken {
  const offered = subprotocolsOf(request);
  const inOffer = offered
    .filter((name) => name.startsWith(TOKEN_PREFIX))
    .map((name) => name.slice(TOKEN_PREFIX.length));
  const inHeader = bearerOf(request);
  if (inOffer.length > 0 && !offered.includes(SUBPROTOCOL))
    return { misuse: `A token among the subprotocols is offered beside ${SUBPROTOCOL}, which the answer can select` };
  if (inOffer.length + (inHeader === undefined ? 0 : 1) > 1)
    return { misuse: "A request shows one token, in one place" };
  return { token: inHeader ?? inOffer[0] };
}

/** Whether an address has a token in its query. */
export function hasTokenInQuery(address: string): boolean {
  return [...new URL(address).searchParams.keys()].some((name) => TOKEN_PARAMETERS.has(name.toLowerCase()));
}

/** The answer to an upgrade, with the herd's subprotocol if that was offered: a browser that offers any waits for one. */
export function selectSubprotocol(request: Request, answer: Response): Response {
  if (answer.webSocket === null || !subprotocolsOf(request).includes(SUBPROTOCOL)) return answer;
  const headers = { "Sec-WebSocket-Protocol": SUBPROTOCOL };
  return new Response(null, { status: 101, webSocket: answer.webSocket, headers });
}

function subprotocolsOf(request: Request): string[] {
  const offered = request.headers.get("Sec-WebSocket-Protocol") ?? "";
  return offered.split(",").map((name) => name.trim());
}
