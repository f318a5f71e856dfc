// What IAMAT and FORGET have in common: the client whose report they change, and who may change it. Keeps RP1, AC4 and FG9.

import { mayReport, type Permissions } from "../access/permissions.ts";
import { exceedsBytes } from "../lib/utf8.ts";
import { CLIENT_BYTES_MAX } from "../protocol/report.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import { EVERY_CLIENT } from "./watched.ts";

/** The reasons that both commands have. */
export const REPORTED_REASONS = {
  "client too long": "range",
  "* means all clients": "syntax",
  "too many clients": "full",
  "too many new clients": "pace",
  "too many bytes stored": "full",
  "the storage is full": "storage",
  "its token does not allow reports for this client": "forbidden",
} as const satisfies Record<string, RefusalCode>;

/** Why a report of this client cannot be; `undefined` if it can. */
export function reportedProblem(client: string): "client too long" | "* means all clients" | undefined {
  if (exceedsBytes(client, CLIENT_BYTES_MAX)) return "client too long";
  return client === EVERY_CLIENT ? "* means all clients" : undefined;
}

export function reportedRefusalOf({ client }: { readonly client: string }, permissions: Permissions) {
  return mayReport(permissions, client) ? undefined : "its token does not allow reports for this client";
}
