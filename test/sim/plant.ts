// Plants each fault of planted-faults.ts in a copy of the core, and runs the simulator there until it finds the fault:
// `npm run sim:plant -- --seeds 3000`. Prints which seed found which fault. Fails if one is not found.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { PLANTED_FAULTS, type PlantedFault } from "./planted-faults.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "3000" }, only: { type: "string" } },
});

for (const fault of PLANTED_FAULTS) {
  if (values.only !== undefined && !fault.name.includes(values.only)) continue;
  const found = find(fault, values.seeds);
  console.log(`${fault.name.padEnd(46)} ${found ?? `NOT FOUND in ${values.seeds} seeds`}`);
  if (found === undefined) process.exitCode = 1;
}

/** The first line about the failure that the fault caused, or `undefined`. */
function find(fault: PlantedFault, seeds: string): string | undefined {
  const copy = mkdtempSync(join(tmpdir(), "planted-"));
  try {
    for (const part of ["src/core", "test/sim", "test/support", "herd.config.json", "package.json"])
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    plant(fault, join(copy, "src/core", fault.file));
    const args = [join(copy, "test/sim/run.ts"), "--stop", "--seeds", seeds];
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    if (!stdout.includes(" violations")) throw new Error(`Cannot run the simulator with this fault: ${stderr}`);
    return /^seed .*$/m.exec(stdout)?.[0].slice(0, 160);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function plant({ name, edits }: PlantedFault, path: string): void {
  let text = readFileSync(path, "utf8");
  for (const { before, after } of edits) {
    const times = text.split(before).length - 1;
    if (times !== 1) throw new Error(`Cannot plant "${name}": its place stands ${times} times in ${path}`);
    text = text.replace(before, () => after);
  }
  writeFileSync(path, text);
}
