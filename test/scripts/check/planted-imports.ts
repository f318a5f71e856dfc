// Files that import everything, and the linter run over them.

import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join, posix, resolve } from "node:path";
import * as z from "zod";

import { ROOMS, TEST_ROOMS } from "../../../scripts/check/rooms.ts";

export const FOLDERS = ROOMS.map(({ folder }) => folder);
const IMPORTED = [...FOLDERS, ...TEST_ROOMS.map(({ folder }) => folder)];

/** Each way in which something can be imported. */
export const FORMS = [
  (specifier: string) => `import "${specifier}";`,
  (specifier: string, name: string) => `import { ${name} } from "${specifier}";`,
  (specifier: string, name: string) => `import type { ${name} } from "${specifier}";`,
  (specifier: string, name: string) => `export { ${name} } from "${specifier}";`,
  (specifier: string) => `export * from "${specifier}";`,
  (specifier: string, name: string) => `export type { ${name} } from "${specifier}";`,
  (specifier: string, name: string) => `const ${name} = await import("${specifier}");`,
] as const;

const PACKAGES = [...new Set(ROOMS.flatMap(({ packages = [] }) => packages)), "fast-check"];
/** A file with the one form that the lists of imports do not see. */
export const TYPE_IN_PLACE = "src/core/lib/type-in-place.ts";
const CONFIG = "herd.config.json";

export function specifierIn(statement: string): string {
  return /"(.*)"/.exec(statement)?.[1] ?? "";
}

/** How a file of the room writes an import of a file of another room, or of a package. */
export function specifierOf(folder: string, entry: string): string {
  if (entry === "node:*") return "node:fs";
  if (!IMPORTED.includes(entry) && entry !== CONFIG) return entry;
  const path = posix.relative(folder, entry === CONFIG ? entry : `${entry}/x.ts`);
  return path.startsWith(".") ? path : `./${path}`;
}

/** Longer paths than the room needs: to itself, and to two other rooms that it may or may not import. */
export function pathsAround(folder: string): string[] {
  return [
    `./../${posix.basename(folder)}/x.ts`,
    `${posix.relative(folder, ".")}/./src/core/lib/x.ts`,
    "../lib/../feeds/x.ts",
  ];
}

/** The lines of the file that is planted in a folder: everything that there is, and names that look like it, in every form. */
export function statementsIn(folder: string): string[] {
  const specifiers = [...IMPORTED, CONFIG, ...PACKAGES].map((entry) => specifierOf(folder, entry));
  const alike = [...PACKAGES.map((name) => `../attic/${name}`), "zodiac", "/x.ts"];
  return [...specifiers, ...alike, ...pathsAround(folder)].flatMap((specifier, index) =>
    FORMS.map((form, number) => form(specifier, `a${index}_${number}`)),
  );
}

export async function plant(home: string, folders: readonly string[]): Promise<void> {
  const config = JSON.stringify(resolve("oxlint.config.ts"));
  await writeFile(join(home, "oxlint.config.ts"), `export { default } from ${config};\n`);
  for (const folder of folders) {
    await mkdir(join(home, folder), { recursive: true });
    await writeFile(join(home, folder, "plant.ts"), statementsIn(folder).join("\n"));
  }
  await writeFile(join(home, TYPE_IN_PLACE), 'export type A = import("../feeds/x.ts").A;\n');
  await writeFile(join(home, "src/core/lib/one.ts"), half("other"));
  await writeFile(join(home, "src/core/lib/other.ts"), half("one"));
}

/** A file that needs a type of another one, which needs a type of this one. */
function half(other: string): string {
  return `import type { A as B } from "./${other}.ts";\nexport interface A { readonly b: B }\n`;
}

const lintReport = z.object({
  diagnostics: z.array(
    z.object({
      code: z.string(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.number() }) })),
    }),
  ),
});

export function lint(home: string): z.infer<typeof lintReport>["diagnostics"] {
  const oxlint = resolve("node_modules/oxlint/bin/oxlint");
  const run = spawnSync(process.execPath, [oxlint, "--format=json"], {
    cwd: home,
    maxBuffer: 2 ** 28,
    encoding: "utf8",
  });
  return lintReport.parse(JSON.parse(run.stdout)).diagnostics;
}
