// The processes of a herd that `npm start` runs, as its state's lock names them.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The process group that serves the herd with this state. */
export async function runtimeGroup(state: string): Promise<number> {
  const { runtime } = JSON.parse(await readFile(join(state, "herd.lock"), "utf8")) as { runtime: { pid: number } };
  return runtime.pid;
}
