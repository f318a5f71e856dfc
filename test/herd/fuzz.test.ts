// The fuzz of the herd in the suite: 1,500 cases of one seed against five servers in workerd. `npm run fuzz` runs more.

import { expect, test } from "vitest";
import { runHerd } from "../fuzz/run-herd.ts";

test("[FZ4] a herd takes any input: it continues, answers other clients, and keeps none of the input", async () => {
  const { findings } = await runHerd("suite", 1_500, () => undefined);
  expect(findings).toEqual([]);
});
