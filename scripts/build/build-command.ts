// Builds the command `places-herd` of the package.
//
// Node runs no TypeScript from node_modules, so the command becomes JavaScript that contains all that it needs, behind a file that
// every Node reads. Wrangler and what comes with
// it, which serve a herd, stay outside, because they are large and only `up` needs them. So `up` is a file of its own that is loaded
// when it is needed, and its child process is another. The files are two levels below the package, as scripts/local is, so paths between files stay valid. Keeps HC11 and HC52.

import { chmod, copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Builds `cli/` in that folder, which is beside the sources. The folder ends in a slash. */
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
    // The CommonJS packages in it call `require` for Node's modules.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  const command = new URL("cli/places-herd.js", folder);
  await copyFile(new URL("../local/places-herd.js", import.meta.url), command);
  await chmod(command, 0o755);
}
