// The comparison with plain Node, for a moment: that both take part, and what each has lost.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

test("[DC5] npm run compare tells what plain Node loses, and that this herd does not", async () => {
  const args = ["scripts/compare/run.ts", "--seconds", "0.1", "--rounds", "1", "--clients", "50"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const printed = await text(child.stdout);
  const shown = [
    /^ +plain Node +this herd$/,
    /^found at Hamilton after Parker was away +0 of 50 +50 of 50$/,
    /^known after a power cut +0 of 50 +50 of 50$/,
    /^heard again after a bad clock +no +yes$/,
    /^IAMATs a second, 1 outstanding +[\d,]+ +[\d,]+$/,
    /^IAMATs a second, 64 outstanding +[\d,]+ +[\d,]+$/,
    /^lines of code of a server +\d+ /,
  ];
  const lines = printed.trimEnd().split("\n");
  expect(lines).toHaveLength(shown.length);
  for (const [index, line] of lines.entries()) expect(line).toMatch(shown[index] ?? /^$/);
});
