// The benchmark itself, in one short round: it starts what it measures, and prints its results.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("[BM1] [BM4] npm run bench prints each subject with its baseline, ratio and target as JSON", async () => {
  const args = ["scripts/bench/run.ts", "--quick", "--rounds", "1", "--only", "1 connection × 64", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const results: unknown = JSON.parse(stdout);
  const aNumber = expect.any(Number) as number;
  expect(results).toContainEqual(
    expect.objectContaining({
      subject: "IAMAT, 1 connection × 64",
      unit: "lines/s",
      value: aNumber,
      baseline: aNumber,
      ratio: aNumber,
      target: "≥ 0.95 × echo",
      holds: expect.any(Boolean) as boolean,
      rounds: 1,
    }),
  );
});
