// What a subscription selects: one client, every client, and later an area.
//
// A selector is a predicate over reports, with a key by which it is remembered. One that selects a single client names it, so
// that a report finds its subscribers by one look-up; only the others are asked, report by report. Keeps WT1 and WT3.

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
