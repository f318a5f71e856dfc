// What WATCH and UNWATCH have in common: the client that they name, or `*` for all clients, and who may name it.
//
// A connection may watch what it may ask about. Keeps WT1, WT14 and WT15.

import { mayAsk, mayAskAll, type Permissions } from "../access/permissions.ts";
import { exceedsBytes } from "../lib/utf8.ts";
import { CLIENT_BYTES_MAX } from "../protocol/report.ts";
import type { RefusalCode } from "../protocol/refusal.ts";

/** Means all clients in a WATCH or UNWATCH. */
export const EVERY_CLIENT = "*";

export interface Watched {
  readonly client: string;
}

/** The reasons that both commands have. */
export const WATCHED_REASONS = {
  "client too long": "range",
  "a POST watches nobody": "syntax",
  "its token does not allow questions about this client": "forbidden",
  "its token does not allow questions about all clients": "forbidden",
} as const satisfies Record<string, RefusalCode>;

type WatchedReason = keyof typeof WATCHED_REASONS;

/** Reads the one field. Never throws. */
export function parseWatched(fields: readonly string[]): Watched | "not one field" | "client too long" {
  const [client, ...rest] = fields;
  if (client === undefined || rest.length > 0) return "not one field";
  return exceedsBytes(client, CLIENT_BYTES_MAX) ? "client too long" : { client };
}

export function watchRefusalOf({ client }: Watched, permissions: Permissions): WatchedReason | undefined {
  if (client === EVERY_CLIENT)
    return mayAskAll(permissions) ? undefined : "its token does not allow questions about all clients";
  return mayAsk(permissions, client) ? undefined : "its token does not allow questions about this client";
}
