// Every subject, in the order of the table.
//
// The cost of a report in rows, messages and bytes is not here: it is counted, not timed (test/sim/cost.test.ts).

import type { Subject } from "../harness/subject.ts";
import { besidePlainNode } from "./beside-plain-node.ts";
import { catchUp } from "./catch-up.ts";
import { defaultRun } from "./default-run.ts";
import { durableIamat } from "./durable-iamat.ts";
import { hops } from "./hops.ts";
import { largeTable } from "./large-table.ts";
import { starts } from "./starts.ts";
import { underLoad } from "./under-load.ts";
import { whatsat } from "./whatsat.ts";
import { whileFolding } from "./while-folding.ts";
import { wholeHerd } from "./whole-herd.ts";

export const SUBJECTS: readonly Subject[] = [
  ...durableIamat,
  ...wholeHerd,
  ...hops,
  ...whatsat,
  ...underLoad,
  ...catchUp,
  ...largeTable,
  ...starts,
  ...whileFolding,
  // Last, because the paper's floods leave the machine with few free ports for a while.
  ...besidePlainNode,
  ...defaultRun,
];
