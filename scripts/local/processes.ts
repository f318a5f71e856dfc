// The processes of this machine, as far as a herd's own have to be known: whether one lives, and which live in a group.
//
// A process that has ended and was not waited for yet does not live. Linux tells in /proc; elsewhere `ps` and signals do.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** When a process began, in the system's words; `undefined` if there is none. It tells a process from a later one of its number. */
export function startOf(pid: number): string | undefined {
  if (process.platform !== "linux") {
    const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
    return stdout.trim() === "" ? undefined : stdout.trim();
  }
  const { 0: state = "Z", 19: ticks } = statusOf(pid);
  return state === "Z" ? undefined : `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${ticks}`;
}

/** Whether a process of the group lives. */
export function isGroup(group: number): boolean {
  if (process.platform === "linux") return livingIn(group).length > 0;
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** The processes of a group that live. On Linux only. */
export function livingIn(group: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [state, , ofGroup] = statusOf(pid);
      return state !== "Z" && ofGroup === String(group);
    });
}

/** The fields of a process that stand behind its name, which may hold anything (proc(5)); none if there is no such process. */
function statusOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
  } catch {
    return [];
  }
}
