// The herd's fuzz as part of the suite: 1,500 cases of one seed against five servers in workerd. `npm run fuzz` runs more.

import { expect, test } from "vitest";
import { runHerd } from "../fuzz/run-herd.ts";

test("[FZ4] whatever is said to a herd, it goes on, answers those beside, and keeps nothing of it", async () => {
  const { findings } = await runHerd("suite", 1_500, () => undefined);
  expect(findings).toEqual([]);
});
