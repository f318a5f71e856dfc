// Builds the live page: `node scripts/build/build-page.ts`.
//
// The page is one script, one style sheet, one document and their fonts in `assets/page`, from which the Worker serves them. The build
// needs no network: esbuild bundles what npm installed, with the map of the world.

import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PAGE = new URL("../../src/page/", import.meta.url);

/** Builds the page into `assets`, the directory of all assets, which ends in a slash. Returns the bytes of its files. */
export async function buildPage(assets = new URL("../../assets/", import.meta.url)): Promise<number> {
  const target = new URL("page/", assets);
  await mkdir(target, { recursive: true });
  const { metafile } = await build({
    entryPoints: ["main.ts", "main.css"].map((name) => fileURLToPath(new URL(name, PAGE))),
    outdir: fileURLToPath(target),
    assetNames: "[name]",
    // The files that the style sheet uses are beside it.
    publicPath: "/page",
    loader: { ".woff2": "file" },
    bundle: true,
    format: "esm",
    target: "es2023",
    minify: true,
    metafile: true,
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"]) await copyFile(new URL(name, PAGE), new URL(name, target));
  return Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0);
}

if (import.meta.main) {
  const start = performance.now();
  const bytes = await buildPage();
  console.log(`page built: ${bytes} bytes, ${Math.round(performance.now() - start)} ms`);
}
