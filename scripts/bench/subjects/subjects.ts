// Every subject, in the order of the table.
//
// What a report costs in rows, messages and bytes is counted, not timed: a subject about cost would read those counts from
// the servers' status around a run of `HerdLoad`, as "whole herd, converged" does.

import type { Subject } from "../subject.ts";
import { catchUp } from "./catch-up.ts";
import { defaultRun } from "./default-run.ts";
import { durableIamat } from "./durable-iamat.ts";
import { hops } from "./hops.ts";
import { largeTable } from "./large-table.ts";
import { underLoad } from "./under-load.ts";
import { whatsat } from "./whatsat.ts";
import { wholeHerd } from "./whole-herd.ts";

export const SUBJECTS: readonly Subject[] = [
  ...durableIamat,
  ...wholeHerd,
  ...hops,
  ...whatsat,
  ...underLoad,
  ...catchUp,
  ...largeTable,
  ...defaultRun,
];
