// Whatever ends `npm start`, no process of the herd is left.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HerdProcess } from "../support/herd-process.ts";
import { livingIn } from "../../scripts/local/processes.ts";
import { runtimeGroup } from "../support/runtime-group.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

const PATIENCE = { timeout: 20_000, interval: 20 };

let herd: HerdProcess;

beforeEach(async () => {
  herd = await HerdProcess.create();
});

afterEach(() => herd.remove());

/** Starts the herd in another way than HerdProcess does. Settles when it is up. */
async function started(command: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(command, [...args, ...herd.startArguments], { stdio: ["ignore", "pipe", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    child.once("close", (code) => reject(new Error(`It ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.includes("Try, in another terminal:")) resolve();
    });
  });
  return child;
}

async function expectNobodyIn(group: number): Promise<void> {
  await expect.poll(() => livingIn(group), PATIENCE).toEqual([]);
  await expect.poll(async () => (await readdir(herd.state)).filter((name) => name !== "v3"), PATIENCE).toEqual([]);
}

test("[HD33] a TERM to npm ends the herd", async () => {
  const npm = await started("npm", ["start", "--"]);
  const group = await runtimeGroup(herd.state);
  npm.kill("SIGTERM");
  await once(npm, "close");
  await expectNobodyIn(group);
});

test("[HD33] a herd whose terminal is gone ends when it has something to say", async () => {
  const child = await started(process.execPath, ["scripts/local/start.ts"]);
  const group = await runtimeGroup(herd.state);
  const closed = once(child, "close");
  child.stdout?.destroy();
  await sayOverTcp(herd.tcpPort("Alford"), "HELLO\n");
  await closed;
  await expectNobodyIn(group);
});

test("[HD33] a full disk for the log files ends the herd, which says so", async () => {
  await mkdir(herd.logs, { recursive: true });
  // Wherever the clock is when it starts: Hamilton's log file is on a device without room.
  const now = Date.now();
  for (let second = -1; second < 120; second++) {
    const [day = "", time = ""] = new Date(now + second * 1000).toISOString().split("T");
    const name = `Hamilton-${day}-${time.slice(0, 8).replaceAll(":", "-")}.log`;
    await symlink("/dev/full", join(herd.logs, name));
  }
  const { code, output } = await herd.startAgain();
  expect(output).toMatch(/^Cannot write .*Hamilton-.*\.log: ENOSPC: no space left on device/m);
  expect(output).toContain("The herd was stopped, as its logs would not be whole.");
  expect(code).toBe(1);
  expect((await readdir(herd.state)).filter((name) => name !== "v3")).toEqual([]);
  await expect(fetch(herd.url)).rejects.toThrow("fetch failed");
});
