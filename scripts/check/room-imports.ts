// The linter's allow-lists, made from the table of rooms.
//
// The linter has only lists of what is forbidden, in the syntax of `.gitignore`, where a later pattern that begins with `!`
// takes back what an earlier one forbids. Each list therefore forbids everything and then takes back what the room's row
// names. The linter compares an import as it is written. All files of a room lie in one folder, so another room has one
// path there, such as `../lib/*`; any longer way to write it is forbidden as well. Keeps RM3 to RM5.

import { posix } from "node:path";
import type { OxlintOverride } from "oxlint";

import type { Room } from "./rooms.ts";

/** One list for each room, and before them one for folders without a row: they may import nothing. */
export function importOverrides(rooms: readonly Room[]): OxlintOverride[] {
  return [
    allowList(["src/**", "scripts/**"], [], "This folder has no row in scripts/check/rooms.ts: give it one."),
    ...rooms.map((room) => {
      const allowed = [...(room.imports ?? []), ...(room.packages ?? [])];
      const message = `${room.folder} may import ${allowed.join(", ") || "no other room"}: see scripts/check/rooms.ts.`;
      return allowList([`${room.folder}/*`], patternsOf(room), message);
    }),
  ];
}

function allowList(files: string[], allowed: readonly string[], message: string): OxlintOverride {
  const patterns = [{ group: ["**", ...allowed], message, caseSensitive: true }];
  return { files, rules: { "no-restricted-imports": ["error", { patterns }] } };
}

/** Packages come first: the pattern that keeps `../worker/zod` from passing as `zod` must not forbid a room again. */
function patternsOf({ folder, imports = [], packages = [] }: Room): string[] {
  return [
    ...packages.flatMap((name) => [`!${name}`, `!${name}/**`, `*/**/${name}`]),
    "!./*",
    ...imports.map((path) => (path.endsWith(".json") ? `!${pathFrom(folder, path)}` : `!${pathFrom(folder, path)}/*`)),
  ];
}

function pathFrom(folder: string, path: string): string {
  const relative = posix.relative(folder, path);
  return relative.startsWith(".") ? relative : `./${relative}`;
}
