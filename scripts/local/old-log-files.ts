// The log files that a server has left, of this start and of earlier ones: the newest stay, and are for the user alone.
//
// Only files with the name of a log file of that very server are touched. Keeps LG21 and LG22.

import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { PRIVATE_FILE } from "./private-files.ts";

export interface TidyOptions {
  readonly directory: string;
  readonly server: string;
  /** The file that is written to: it stays. */
  readonly current: string;
  /** How many may stay. */
  readonly most: number;
}

/** `2026-11-22-10-00-00.log`, `2026-11-22-10-00-00.2.log`. */
const REST = /^(\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:\.(\d+))?\.log$/;

interface OldFile {
  readonly name: string;
  readonly start: string;
  readonly number: number;
}

export async function tidyLogFiles({ directory, server, current, most }: TidyOptions): Promise<void> {
  const names = await readdir(directory);
  const [{ start: own } = { start: "" }] = readName(current, server);
  const others = names
    .flatMap((name) => (name === current || !name.startsWith(`${server}-`) ? [] : readName(name, server)))
    // Those of this start are the newest, whatever a clock that was set back has named others.
    .toSorted((one, other) => Number(one.start === own) - Number(other.start === own) || compare(one, other));
  const kept = others.splice(Math.max(0, others.length - most + 1));
  // What belongs to somebody else stays as it is.
  await Promise.allSettled([
    ...others.map(({ name }) => rm(join(directory, name), { force: true })),
    ...kept.map(({ name }) => closeToOthers(join(directory, name))),
  ]);
}

function readName(name: string, server: string): OldFile[] {
  const [, start, number = "1"] = REST.exec(name.slice(server.length + 1)) ?? [];
  return start === undefined ? [] : [{ name, start, number: Number(number) }];
}

function compare(one: OldFile, other: OldFile): number {
  if (one.start !== other.start) return one.start < other.start ? -1 : 1;
  return one.number - other.number;
}

/** An earlier version let everybody read it. */
async function closeToOthers(file: string): Promise<void> {
  if ((await lstat(file)).isFile()) await chmod(file, PRIVATE_FILE);
}
