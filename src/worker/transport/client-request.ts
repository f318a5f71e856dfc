// How a client's upgrade goes on from the Worker to the server's object: with what it may do, and without its token.
//
// Only the Worker reaches an object, and it sets the header of every such request, so nobody outside can say it.
// Keeps AC4 and AC7.

import { readPermissions, type Permissions } from "../../core/access/permissions.ts";
import { withClientAddress } from "./client-address.ts";

const PERMISSIONS_HEADER = "Herd-Permissions";

/** Headers that stay at the door: secrets, and what the answer is made of there. */
const KEPT_BACK = ["Authorization", "Cookie", "Sec-WebSocket-Protocol", PERMISSIONS_HEADER];

/** The same upgrade, at a path inside a server's object. */
export function clientRequest(request: Request, path: string, permissions?: Permissions): Request {
  const inside = withClientAddress(`https://herd${path}`, request);
  for (const name of KEPT_BACK) inside.headers.delete(name);
  // A header is ASCII, and a client's id may be anything.
  if (permissions !== undefined)
    inside.headers.set(PERMISSIONS_HEADER, encodeURIComponent(JSON.stringify(permissions)));
  return inside;
}

export function permissionsIn(inside: Request): Permissions | undefined {
  const header = inside.headers.get(PERMISSIONS_HEADER);
  return header === null ? undefined : readPermissions(decodeURIComponent(header));
}
