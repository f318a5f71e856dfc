// The map of CONTRIBUTING.md, made from the table of rooms: `npm run build:rooms`.
//
// A test fails when the page does not have the map that this would write. Keeps RM9.

import { readFile, writeFile } from "node:fs/promises";
import { posix } from "node:path";

import { ROOMS, TEST_ROOMS, type Room } from "./rooms.ts";

export const MAP_PAGE = new URL("../../CONTRIBUTING.md", import.meta.url);

const MAP = /(<!-- map: npm run build:rooms -->\n).*(<!-- end of map -->)/s;

/** The page with the map of today's table in it. */
export function withMap(page: string): string {
  if (!MAP.test(page)) throw new Error("Cannot write the map into CONTRIBUTING.md: its two markers are not there");
  return page.replace(MAP, (_, begin: string, end: string) => `${begin}\n${roomMap()}\n${end}`);
}

function roomMap(): string {
  const rows = ROOMS.map((room) => `| \`${room.folder}\` | ${room.holds} | ${importsOf(room)} |`);
  const testRows = TEST_ROOMS.map(({ folder, holds }) => `| \`${folder}\` | ${holds} | |`);
  return ["| room | holds | may import |", "|---|---|---|", ...rows, ...testRows, ""].join("\n");
}

/** A room beside this one by its own name, another one by its path without `src`; packages as code. */
function importsOf({ folder, imports = [], packages = [] }: Room): string {
  const beside = `${posix.dirname(folder)}/`;
  const paths = imports.map((path) =>
    path.startsWith(beside) && beside !== "src/" ? path.slice(beside.length) : path.replace(/^src\//, ""),
  );
  return [...paths, ...packages.map((name) => `\`${name}\``)].join(", ");
}

if (import.meta.main) await writeFile(MAP_PAGE, withMap(await readFile(MAP_PAGE, "utf8")));
