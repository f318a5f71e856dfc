// The embedded places as they are really built, for the tests that read them.

import { readFile } from "node:fs/promises";

import { buildPlaces } from "../../../scripts/build/build-places.ts";

/** The bytes of the built file; builds it first where it is missing or of other inputs. */
export async function readWorldFile(): Promise<ArrayBuffer> {
  const { file } = await buildPlaces();
  return new Uint8Array(await readFile(file)).buffer;
}
