// The comparison with plain Node, in one round: what each has lost, and that both answer.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Result } from "../../scripts/bench/harness/result.ts";

test("[BM6] npm run compare tells what plain Node loses, and that this herd does not", async () => {
  const args = ["run", "--silent", "compare", "--", "--rounds", "1", "--json"];
  const child = spawn("npm", args, { stdio: ["ignore", "pipe", "inherit"] });
  const results = JSON.parse(await text(child.stdout)) as readonly Result[];
  const shown = results.map(({ subject, unit, value, baseline }) => [subject, unit, value, baseline]);
  const aNumber = expect.any(Number) as number;
  expect(shown).toEqual([
    ["beside plain Node: reports found after an absence", "%", 100, 0],
    ["beside plain Node: reports known after a power cut", "%", 100, 0],
    ["beside plain Node: clients heard after a bad clock", "%", 100, 0],
    ["beside plain Node: IAMAT over TCP × 1", "lines/s", aNumber, aNumber],
    ["beside plain Node: IAMAT over TCP × 64", "lines/s", aNumber, aNumber],
    ["beside plain Node: npm start, TCP × 64", "lines/s", aNumber, aNumber],
  ]);
  for (const { ratio } of results.slice(3)) expect(ratio).toBeGreaterThan(0);
});
