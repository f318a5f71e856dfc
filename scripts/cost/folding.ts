// The rows that a herd writes so seldom that no window of a minute shows how many they are. Keeps CM6.
//
// A log of commits that is folded into pages once in some thousand commits would write such rows. This herd has none: it writes
// each report to its row of the table. If it gets one, say here how many rows a month that takes, and let the simulator's
// `cost.rowsWritten` leave them out.

import type { Load } from "./counted-load.ts";

/** Rows a month, at all servers together. */
export const rowsOfFolding: (load: Load) => number = () => 0;
