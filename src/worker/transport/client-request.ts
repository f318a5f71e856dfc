// The upgrade that the Worker passes on to a server's object: with the client's permissions, and without its token.
//
// Only the Worker reaches an object, and the Worker sets this header on every such request. Nobody outside can set it.
// Keeps AC4 and AC7.

import { readPermissions, type Permissions } from "../../core/access/permissions.ts";
import { PEER_TOKEN_HEADER } from "./feed-request.ts";
import { withClientAddress } from "./client-address.ts";

const PERMISSIONS_HEADER = "Herd-Permissions";

/** Headers that are not passed on: secrets, and those that the Worker answers itself. */
const KEPT_BACK = ["Authorization", "Cookie", "Sec-WebSocket-Protocol", PEER_TOKEN_HEADER, PERMISSIONS_HEADER];

interface Client {
  readonly permissions: Permissions | undefined;
  /** Where it comes from, if that is known. */
  readonly address: string | undefined;
}

/** The same upgrade, at a path inside a server's object. */
export function clientRequest(request: Request, path: string, { permissions, address }: Client): Request {
  const inside = withClientAddress(`https://herd${path}`, request, address);
  for (const name of KEPT_BACK) inside.headers.delete(name);
  // A header is ASCII; a client's id has any characters.
  if (permissions !== undefined)
    inside.headers.set(PERMISSIONS_HEADER, encodeURIComponent(JSON.stringify(permissions)));
  return inside;
}

export function permissionsIn(inside: Request): Permissions | undefined {
  const header = inside.headers.get(PERMISSIONS_HEADER);
  return header === null ? undefined : readPermissions(decodeURIComponent(header));
}
