// Whether the servers of a herd hold the same reports, as their digests say.

import type { ServerStatus } from "./status.ts";

/**
 * `same`: all of these servers hold the same. `different`: they do not, and none knows of anything that is under way. `unknown`: a
 * digest is still being made, reports are under way, or there is nobody to compare with.
 */
export type Agreement = "same" | "different" | "unknown";

export function agreementOf(statuses: readonly ServerStatus[]): Agreement {
  const digests = new Set(statuses.map(({ digest }) => digest));
  if (statuses.length < 2 || digests.has(null)) return "unknown";
  if (digests.size === 1) return "same";
  const isUnderWay = statuses.some(({ neighbours }) => neighbours.some(({ isCaughtUp }) => isCaughtUp === false));
  return isUnderWay ? "unknown" : "different";
}
