// Builds the command `places-herd` for whoever installs the package.
//
// Node runs no TypeScript out of node_modules, so it becomes JavaScript, with all that it needs inside. What serves a herd
// (wrangler, and what comes with it) is left outside, as it is large and only `up` needs it; so those parts are files of
// their own, read when they are asked for. Files lie two levels below the package, as scripts/local/ does, so that paths between files stay. Keeps HC11.

import { chmod } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Builds `cli/` in that folder, which lies beside the sources. The folder ends in a slash. */
export async function buildCommand(folder: URL): Promise<void> {
  await build({
    entryPoints: ["herd", "herd-host"].map((name) => fileURLToPath(new URL(`../local/${name}.ts`, import.meta.url))),
    outdir: fileURLToPath(new URL("cli/", folder)),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    external: ["wrangler", "miniflare", "esbuild"],
    // CommonJS packages among them ask for Node's modules in the old way.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  await chmod(new URL("cli/herd.js", folder), 0o755);
}
