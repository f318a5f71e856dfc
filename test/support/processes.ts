// The processes of a herd that `npm start` runs, as its state's lock names them.

import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The process group that serves the herd with this state. */
export async function runtimeGroup(state: string): Promise<number> {
  const { runtime } = JSON.parse(await readFile(join(state, "herd.lock"), "utf8")) as { runtime: { pid: number } };
  return runtime.pid;
}

/** The processes of a group that live. */
export function livingIn(group: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [state, , ofGroup] = readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ");
        return state !== "Z" && ofGroup === String(group);
      } catch {
        return false;
      }
    });
}
