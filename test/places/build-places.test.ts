import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect, onTestFinished, test } from "vitest";

import { buildPlaces } from "../../scripts/build-places.ts";
import { readWorldFile } from "./world-file.ts";

const BUILD_MS = 60_000;

async function emptyDirectory(): Promise<URL> {
  const path = await mkdtemp(join(tmpdir(), "places-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return pathToFileURL(`${path}/`);
}

test("[WA3] the same inputs build the same bytes, once", { timeout: BUILD_MS }, async () => {
  const assets = await emptyDirectory();
  const first = await buildPlaces(assets);
  expect(first).toMatchObject({ isNew: true });
  expect(first.places).toBeGreaterThan(200_000);
  expect(Buffer.from(await readWorldFile()).equals(await readFile(first.file))).toBe(true);
  expect(await buildPlaces(assets)).toEqual({ ...first, isNew: false });
  expect((await readdir(new URL("places/", assets))).toSorted()).toEqual(["manifest.json", "world.bin"]);
});

test("[WA4] a file or a manifest that is damaged is built anew", { timeout: BUILD_MS }, async () => {
  const assets = await emptyDirectory();
  const { file, bytes } = await buildPlaces(assets);
  await truncate(file, bytes - 1);
  expect(await buildPlaces(assets)).toMatchObject({ isNew: true, bytes });
  await writeFile(new URL("manifest.json", file), "{");
  expect(await buildPlaces(assets)).toMatchObject({ isNew: true, bytes });
});
