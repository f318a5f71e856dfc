// The table of rooms against the tree and the map.

import { glob, readFile } from "node:fs/promises";
import { dirname, posix } from "node:path";
import { describe, expect, test } from "vitest";

import { MAP_PAGE, withMap } from "../../../scripts/check/room-map.ts";
import { ROOMS, TEST_ROOMS } from "../../../scripts/check/rooms.ts";

const FOLDERS = ROOMS.map(({ folder }) => folder);
const TEST_FOLDERS = TEST_ROOMS.map(({ folder }) => folder);

describe("the tree", () => {
  test("[RM1] has one row for each folder with source files, and no other", async () => {
    expect(FOLDERS.toSorted()).toEqual(await foldersOf("{src,scripts}/**/*.ts"));
  });

  test("[RM2] has tests in folders with the name of a room, or with a row of their own", async () => {
    const folders = await foldersOf("test/**/*.ts");
    const unnamed = folders.filter((folder) => {
      const tested = folder.replace(/^test\/(?!scripts\/)/, "src/").replace(/^test\//, "");
      return !FOLDERS.some((room) => `${room}/`.startsWith(`${tested}/`));
    });
    expect(unnamed).toEqual(TEST_FOLDERS.toSorted());
  });

  test("[RM6] is ordered: a row names only rooms above it", () => {
    for (const [index, { folder, imports = [] }] of ROOMS.entries()) {
      const above = new Set([...FOLDERS.slice(0, index), ...TEST_FOLDERS, "herd.config.json"]);
      expect([folder, imports.filter((path) => !above.has(path))]).toEqual([folder, []]);
    }
  });

  test("[RM10] lets only scripts import rooms of tests", () => {
    const importing = ROOMS.filter(({ imports = [] }) => imports.some((path) => TEST_FOLDERS.includes(path)));
    expect(importing.map(({ folder }) => folder).filter((folder) => !folder.startsWith("scripts/"))).toEqual([]);
    expect(importing).not.toEqual([]);
  });

  test.each(ROOMS)("[RM7] $folder imports everything that its row names", async (room) => {
    const used = await importsIn(room.folder);
    expect([...(room.imports ?? []), ...(room.packages ?? [])].filter((entry) => !used.has(entry))).toEqual([]);
  });

  test("[RM3] names every dynamic import in a literal, which the linter can read", async () => {
    for (const folder of FOLDERS)
      for (const source of await sourcesIn(folder)) expect(source).not.toMatch(/\bimport\(\s*[^\s"')]/);
  });

  test("[RM9] is on the map of CONTRIBUTING.md", async () => {
    const page = await readFile(MAP_PAGE, "utf8");
    expect(page).toBe(withMap(page));
  });
});

async function foldersOf(pattern: string): Promise<string[]> {
  return [...new Set((await Array.fromAsync(glob(pattern))).map((file) => dirname(file)))].toSorted();
}

async function sourcesIn(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(glob(`${folder}/*.ts`));
  return Promise.all(files.map((file) => readFile(file, "utf8")));
}

/** What the files of a folder import, in the words of the table. */
async function importsIn(folder: string): Promise<Set<string>> {
  const sources = await sourcesIn(folder);
  const specifiers = sources.flatMap((source) =>
    [...source.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].flatMap(([, specifier]) => specifier ?? []),
  );
  return new Set(
    specifiers.map((specifier) => {
      if (specifier.startsWith("node:")) return "node:*";
      if (!specifier.startsWith(".")) return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
      const path = posix.join(folder, specifier);
      return path.endsWith(".json") ? path : dirname(path);
    }),
  );
}
