// The package as npm would publish it, unpacked where another program can import it.

import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildPackage } from "../../scripts/build/build-package.ts";

export interface ClientPackage {
  /** The folder of another program, with `places-herd` among its packages. */
  readonly folder: string;
  /** The module of the library. */
  readonly module: string;
  /** The files in the package. */
  readonly files: readonly string[];
  remove(): Promise<void>;
}

export async function packClient(): Promise<ClientPackage> {
  const folder = await mkdtemp(join(tmpdir(), "places-herd-"));
  const source = join(folder, "source");
  await mkdir(source);
  await buildPackage(pathToFileURL(join(source, "dist/")));
  for (const file of ["package.json", "README.md", "LICENSE"]) await cp(file, join(source, file));
  const archive = run("npm", ["pack", "--ignore-scripts", "--silent"], source).trim();
  const unpacked = join(folder, "node_modules", "places-herd");
  await mkdir(unpacked, { recursive: true });
  const files = run("tar", ["-xzvf", join(source, archive), "--strip-components=1"], unpacked);
  return {
    folder,
    module: join(unpacked, "dist", "client", "index.js"),
    files: files
      .trim()
      .split("\n")
      .map((file) => file.replace(/^package\//, "")),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The standard output of the program. Throws with both outputs if it fails. */
export function run(program: string, args: readonly string[], folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stdout}${stderr}`, { cause: error });
  return stdout;
}
