// Workers of earlier versions of this project, built from its own history: a deploy is not everywhere at once, and what they
// stored has to come along.
//
// The sources come from git; the packages are today's. What was built stays in node_modules/.cache, by commit.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { bundleWorker } from "../../scripts/local/miniflare-herd.ts";

/** By what is special about each. */
export const EARLIER_VERSIONS = {
  /** Layout 1 of the store, and feeds without GOT. */
  "the first layout": "ec7e8cc4f94d0e23998ac4ab714a098b464551de",
  /** Layout 2 of the store. The last one before AT lines and hellos could have more fields than it knows. */
  "fixed lines": "63499b1b1720599205d1ef88bc4609af8c28c2c9",
  /** Layout 4 of the store, the last one with a row for each client. */
  "a row a client": "e9ea97174265bdf72978b08411e3e56a2ecc55c4",
  /** Layout 5 of the store. The last one that did not understand that a client is forgotten. */
  "no forgetting": "aedabca99dc88d665a90e4ec6f78f0f4782559e1",
  /** Layout 5 of the store. The last one that kept every report for ever. */
  "no keeping": "0337412c70a1d2c9dc8dbb227e5bbf34e5a844f2",
} as const;

export type EarlierVersion = keyof typeof EARLIER_VERSIONS;

const CACHE = join("node_modules", ".cache", "places-herd");

/** The Worker of that version, bundled: a file below the working directory. */
export async function earlierWorker(version: EarlierVersion): Promise<string> {
  const commit = EARLIER_VERSIONS[version];
  const bundle = join(CACHE, `${commit}.mjs`);
  if (existsSync(bundle)) return bundle;
  await mkdir(CACHE, { recursive: true });
  const sources = await mkdtemp(join(CACHE, "sources-"));
  try {
    fetchIfMissing(commit);
    const archive = git("archive", commit, "src", "herd.config.json");
    execFileSync("tar", ["-x", "-C", sources], { input: archive });
    const built = join(sources, "worker.mjs");
    await bundleWorker(built, sources);
    await rename(built, bundle);
  } finally {
    await rm(sources, { recursive: true });
  }
  return bundle;
}

/** A clone that was made with `--depth` has not all of the history. */
function fetchIfMissing(commit: string): void {
  if (isThere(commit)) return;
  try {
    git("fetch", "--quiet", "origin", commit);
  } catch {
    throw new Error(
      `Cannot build an earlier version: this clone has no commit ${commit}. \`git fetch --unshallow\` brings the whole history.`,
    );
  }
}

function isThere(commit: string): boolean {
  try {
    git("cat-file", "-e", `${commit}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

function git(...args: readonly string[]): Buffer {
  return execFileSync("git", args, { maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "pipe"] });
}
