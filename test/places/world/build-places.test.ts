import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect, onTestFinished, test } from "vitest";

import { buildPlaces } from "../../../scripts/build/build-places.ts";
import { readWorldFile } from "./world-file.ts";

test("[WA3] the same inputs build the same bytes, once, and anew only where damaged", { timeout: 60_000 }, async () => {
  const path = await mkdtemp(join(tmpdir(), "places-"));
  onTestFinished(() => rm(path, { recursive: true }));
  const assets = pathToFileURL(`${path}/`);
  await mkdir(new URL("places/", assets));
  await writeFile(new URL("places/manifest.json", assets), "{");

  const built = await buildPlaces(assets);
  expect(built).toMatchObject({ isNew: true, file: new URL("places/world.bin", assets) });
  expect(built.places).toBeGreaterThan(200_000);
  const bytes = await readFile(built.file);
  expect(bytes.equals(new Uint8Array(await readWorldFile()))).toBe(true);
  expect((await readdir(new URL("places/", assets))).toSorted()).toEqual(["manifest.json", "world.bin"]);

  expect(await buildPlaces(assets)).toEqual({ ...built, isNew: false });

  await truncate(built.file, built.bytes - 1);
  expect(await buildPlaces(assets)).toEqual(built);
  expect(bytes.equals(await readFile(built.file))).toBe(true);
});
