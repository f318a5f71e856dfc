// One herd for a directory of state: a lock that names who holds it.
//
// The file `herd.lock` names the process that runs the herd and the process group that serves it. It counts for as long as
// either lives, so it is free again when both are gone, also by a kill or a power cut. A process is told from a later one of
// the same number by its start. A group that outlived its herd is ours to end: it would write the same files. Keeps HD32.

import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { CommandFailure, EXIT } from "../../src/cli/terminal/failure.ts";
import { killGroup, RUN_PREFIX } from "./local-herd.ts";
import { PRIVATE_DIRECTORY, PRIVATE_FILE } from "./private-files.ts";
import { isGroup, startOf } from "./processes.ts";

const processSchema = z.object({ pid: z.int().positive(), started: z.string() });

const holderSchema = z.object({
  herd: processSchema,
  /** The process that leads the group of the runtime, once there is one. */
  runtime: processSchema.optional(),
  port: z.number(),
  since: z.string(),
});

type ProcessName = z.infer<typeof processSchema>;
type Holder = z.infer<typeof holderSchema>;

/** Time that a killed group has to be gone. */
const GONE_MILLIS_MAX = 5000;

const ASK_AGAIN_MILLIS = 20;

export class StateLock {
  readonly #file: string;
  #holder: Holder;

  private constructor(file: string, holder: Holder) {
    this.#file = file;
    this.#holder = holder;
  }

  /** Takes the lock for this process. Throws an error that names the holder, if a herd runs on this state. */
  static async take(state: string, port: number): Promise<StateLock> {
    await mkdir(state, { recursive: true, mode: PRIVATE_DIRECTORY });
    const file = join(state, "herd.lock");
    const holder: Holder = { herd: nameOf(process.pid), port, since: new Date().toISOString() };
    const lock = new StateLock(file, holder);
    while (!(await lock.#claim())) {
      const text = await readFile(file, "utf8").catch(() => "");
      const other = holderIn(text);
      if (other !== undefined && isAlive(other.herd)) throw refusal(state, other);
      if (other?.runtime !== undefined) await endGroup(other.runtime);
      await lock.#clear(text);
    }
    await removeLeftovers(state);
    return lock;
  }

  /** Names the process that leads the group of the runtime. */
  async nameRuntime(pid: number): Promise<void> {
    this.#holder = { ...this.#holder, runtime: nameOf(pid) };
    await rename(await this.#write(), this.#file);
  }

  async release(): Promise<void> {
    const text = await readFile(this.#file, "utf8").catch(() => "");
    if (holderIn(text)?.herd.started === this.#holder.herd.started) await rm(this.#file, { force: true });
  }

  /** Whether the lock was free. A link is made whole or not at all. */
  async #claim(): Promise<boolean> {
    const own = await this.#write();
    try {
      await link(own, this.#file);
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
      throw error;
    } finally {
      await rm(own, { force: true });
    }
  }

  /** Removes a lock that nobody holds, unless it is another one by now. */
  async #clear(text: string): Promise<void> {
    const aside = `${this.#file}.${process.pid}.old`;
    try {
      await rename(this.#file, aside);
    } catch {
      // Somebody else has.
      return;
    }
    if ((await readFile(aside, "utf8")) !== text) await link(aside, this.#file).catch(() => undefined);
    await rm(aside, { force: true });
  }

  async #write(): Promise<string> {
    const own = `${this.#file}.${process.pid}`;
    await writeFile(own, `${JSON.stringify(this.#holder)}\n`, { mode: PRIVATE_FILE });
    return own;
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    // A power cut may leave an empty file.
    return undefined;
  }
}

function refusal(state: string, { herd, port, since }: Holder): CommandFailure {
  return new CommandFailure(
    EXIT.refused,
    `Cannot use ${state}: a herd runs on it since ${since}, at http://localhost:${port} (process ${herd.pid}).\n` +
      `Stop that one with Ctrl-C or \`kill ${herd.pid}\`, or start this one with --port, --state and a --config whose tcpPorts are free.`,
  );
}

/** Ends what a herd that was killed left behind. */
async function endGroup(leader: ProcessName): Promise<void> {
  // If another process has that number by now, the group is gone: the number of a group is not given to others.
  if (startOf(leader.pid) !== undefined && !isAlive(leader)) return;
  const until = performance.now() + GONE_MILLIS_MAX;
  for (killGroup(leader.pid); isGroup(leader.pid); await pause(ASK_AGAIN_MILLIS))
    if (performance.now() > until)
      throw new Error(`Cannot start a herd: what a killed one left behind does not end (process group ${leader.pid})`);
}

/** The directories of herds that were killed. */
async function removeLeftovers(state: string): Promise<void> {
  const names = (await readdir(state)).filter((name) => name.startsWith(RUN_PREFIX));
  await Promise.all(names.map((name) => rm(join(state, name), { recursive: true, force: true })));
}

function nameOf(pid: number): ProcessName {
  return { pid, started: startOf(pid) ?? "" };
}

function isAlive({ pid, started }: ProcessName): boolean {
  return startOf(pid) === started;
}
