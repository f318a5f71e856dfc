// One herd on a directory of state, and what becomes of the lock when its holder is killed.

import { readdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HerdProcess } from "../support/herd-process.ts";
import { livingIn } from "../../scripts/local/processes.ts";
import { runtimeGroup } from "../support/runtime-group.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

let herd: HerdProcess;
let other: HerdProcess;

beforeEach(async () => {
  herd = await HerdProcess.create();
  // On ports of its own, for the same state.
  other = await HerdProcess.create();
});

afterEach(async () => {
  await Promise.all([herd.remove(), other.remove()]);
});

function startOther() {
  return other.startAgain("--state", herd.state);
}

test("[HD32] a second herd on a state is refused with the address, the process and the start of the first", async () => {
  await herd.start();
  const { code, output } = await startOther();
  expect(code).toBe(1);
  expect(output).toContain(`Cannot use ${herd.state}: a herd runs on it since 2`);
  expect(output).toContain(`at ${herd.url} (process ${herd.pid})`);
  expect(output).toContain("start this one with --port, --state");
  expect((await fetch(`${herd.url}/herd`)).status).toBe(200);
  await herd.stop();
  expect(await readdir(herd.state)).not.toContain("herd.lock");
});

test("[HD32] [HD33] [RP7] after a kill -9 no process is left, and the next herd has the state and all that was answered", async () => {
  await herd.start();
  const lines = Array.from({ length: 100 }, (_, index) => `IAMAT kept-${index} +1+1 1400794645\n`).join("");
  const answers = await sayOverTcp(herd.tcpPort("Bolden"), lines);
  const group = await runtimeGroup(herd.state);
  expect(livingIn(group).length).toBeGreaterThan(1);
  await herd.kill();
  await herd.start();
  expect(livingIn(group)).toEqual([]);
  expect(await sayOverTcp(herd.tcpPort("Bolden"), lines)).toBe(answers);
  expect((await readdir(herd.state)).filter((name) => name.startsWith("run-"))).toHaveLength(1);
});

test("[HD32] of two that start at once one runs", async () => {
  const [one, two] = await Promise.allSettled([herd.start(), other.start("--state", herd.state)]);
  expect([one.status, two.status].toSorted()).toEqual(["fulfilled", "rejected"]);
});

test.each([
  ["names a process of another start", (pid: number) => ({ herd: { pid, started: "long ago" }, port: 1, since: "" })],
  ["was cut off", () => ""],
])("[HD32] a lock that %s is nobody's", async (_what, content) => {
  await herd.start();
  await herd.stop();
  await writeFile(join(herd.state, "herd.lock"), JSON.stringify(content(process.pid)));
  await herd.start();
  expect((await fetch(`${herd.url}/herd`)).status).toBe(200);
});

test("[HD34] nothing is watched while a herd runs", async () => {
  await herd.start();
  const group = await runtimeGroup(herd.state);
  for (const pid of [herd.pid ?? 0, ...livingIn(group)]) {
    const files = await readdir(`/proc/${pid}/fd`);
    const targets = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => "")));
    expect(targets.filter((target) => target.includes("inotify"))).toEqual([]);
  }
});
