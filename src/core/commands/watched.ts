// What WATCH and UNWATCH name: a client, or `*` for all of them.

import { CLIENT_BYTES_MAX } from "../protocol/report.ts";
import { exceedsBytes } from "../lib/utf8.ts";

/** Stands for every client in a WATCH. */
export const EVERY_CLIENT = "*";

export interface Watched {
  readonly client: string;
}

/** What the one field names, or why it names nothing. */
export function parseWatched(fields: readonly string[]): Watched | "not one field" | "client too long" {
  const [client, ...rest] = fields;
  if (client === undefined || rest.length > 0) return "not one field";
  return exceedsBytes(client, CLIENT_BYTES_MAX) ? "client too long" : { client };
}
