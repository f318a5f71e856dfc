// Builds what npm publishes, `dist/`: the client library as one ES module with its types, and the command. `npm pack` runs it.
//
// The module uses nothing of one platform, so the same file serves Node, Workers and a browser's `<script type="module">`. It keeps
// its names and comments: a bundler can make it small. Keeps CL9 and HC11.

import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildCommand } from "./build-command.ts";

/** The language that all of them understand: Node 22, workerd, browsers of 2024 and later. */
const TARGET = "es2023";

/** Builds `client/`, `types/` and `cli/` in that folder, and replaces what is there. The folder ends in a slash. */
export async function buildPackage(folder = new URL("../../dist/", import.meta.url)): Promise<void> {
  for (const part of ["client/", "types/", "cli/"]) await rm(new URL(part, folder), { recursive: true, force: true });
  await build({
    entryPoints: [fileURLToPath(new URL("../../src/client/index.ts", import.meta.url))],
    outfile: fileURLToPath(new URL("client/index.js", folder)),
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: TARGET,
    logLevel: "warning",
  });
  await buildCommand(folder);
  const source = fileURLToPath(new URL("../../src", import.meta.url));
  const emit = ["--noEmit", "false", "--emitDeclarationOnly", "--declaration", "--rootDir", source];
  const out = ["--outDir", fileURLToPath(new URL("types/", folder))];
  const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
  const { status } = spawnSync(tsc, ["-p", `${source}/client`, ...emit, ...out], { stdio: "inherit" });
  if (status !== 0) throw new Error(`Cannot write the types of the client: tsc ended with ${status}`);
}

if (import.meta.main) await buildPackage();
