// Builds the command `places-herd` for whoever installs the package: `node scripts/build-command.ts`.
//
// Node runs no TypeScript out of node_modules, so it becomes JavaScript, with all that it needs inside. What serves a herd
// (wrangler) is left outside, as it is large and only `up` needs it; so that part is a file of its own, read when it
// is asked for. Files lie one level below the package, as in scripts/, so that paths between files stay. Keeps HC11.

import { chmod, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Where the command is, and its parts. */
export const COMMAND_DIRECTORY = new URL("../dist/", import.meta.url);

export async function buildCommand(directory = COMMAND_DIRECTORY): Promise<void> {
  const outdir = fileURLToPath(directory);
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [fileURLToPath(new URL("herd.ts", import.meta.url))],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    external: ["wrangler"],
    // CommonJS packages among them ask for Node's modules in the old way.
    banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  await chmod(new URL("herd.js", directory), 0o755);
}

if (import.meta.main) await buildCommand();
