// Planting takes minutes and is not part of `npm test`; that each fault still has its place in the code is.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PLANTED_FAULTS } from "./planted-faults.ts";

const CORE = join(import.meta.dirname, "../../src/core");

test.each(PLANTED_FAULTS)("[FZ6] there is one place for: $name", async ({ file, edits }) => {
  const source = await readFile(join(CORE, file), "utf8");
  expect(edits.map(({ before }) => source.split(before).length - 1)).toEqual(edits.map(() => 1));
});
