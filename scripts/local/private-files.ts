// Files that only the user who started the herd may read: they tell who was where. Keeps LG21 and LG21.

import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";

export const PRIVATE_FILE = 0o600;
export const PRIVATE_DIRECTORY = 0o700;

/** Of a process: what it and its children make is private. */
export const PRIVATE_UMASK = 0o077;

/** Makes a directory and all in it private, as an earlier version did not. Follows no links. Does nothing if there is none. */
export async function makePrivate(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return;
  await chmod(directory, PRIVATE_DIRECTORY);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makePrivate(path);
    else if (entry.isFile()) await chmod(path, PRIVATE_FILE);
  }
}
