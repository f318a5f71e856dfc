// What a subscription selects: one client, or every client.
//
// A selector is a predicate over reports, and has a key by which it is remembered. A selector of a single client names that
// client, so that a report finds its subscribers by one look-up. Only the other selectors are asked per report. Keeps WT1 and
// WT3.

import { EVERY_CLIENT } from "../commands/watched.ts";
import type { Report } from "../protocol/report.ts";

export interface Selector {
  /** As WATCH names it, and as a hibernating connection remembers it. */
  readonly key: string;
  /** The only client that it selects; `undefined` if there may be several. */
  readonly client: string | undefined;
  selects(report: Report): boolean;
}

/** The selector that a WATCH names. `key` is kept. */
export function selectorOf(key: string): Selector {
  if (key === EVERY_CLIENT) return { key, client: undefined, selects: () => true };
  return { key, client: key, selects: ({ client }) => client === key };
}
