// What the documentation names, held against what there is: links, scripts, settings, limits.

import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import bundled from "../../herd.config.json" with { type: "json" };
import project from "../../package.json" with { type: "json" };
import { herdConfigJsonSchema } from "../../scripts/build/build-schema.ts";
import { blocksOf, documentationPages, proseOf } from "../support/doc-blocks.ts";

const specs = await Array.fromAsync(glob("{src,test}/**/SPEC.md"));

const pages = [...new Set([...(await documentationPages()), ...specs, "CHANGELOG.md"])];
const texts = new Map(await Promise.all(pages.map(async (page) => [page, await readFile(page, "utf8")] as const)));

function textOf(page: string): string {
  return texts.get(page) ?? "";
}

/** Without what looks like a link and is none. */
function linksOf(page: string): string[] {
  const prose = proseOf(textOf(page)).replaceAll(/`[^`]*`/g, "code");
  return [...prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].flatMap(([, target]) => target ?? []);
}

/** Where a heading is, as GitHub makes it. */
function anchorsOf(page: string): string[] {
  return [...proseOf(textOf(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(pages)("[DC3] the links of %s lead somewhere", (page) => {
  const broken = linksOf(page).filter((link) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : normalize(join(dirname(page), path));
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test.each(pages)("[DC1] the other tests that work through blocks of %s know it", async (page) => {
  const uses = blocksOf(page, textOf(page)).map(({ use }) => use);
  const tests = new Set(uses.flatMap((use) => (use.kind === "tested elsewhere" ? use.test : [])));
  for (const other of tests) expect(await readFile(other, "utf8")).toContain(page);
});

test("[DC3] docs/README.md leads to every page", () => {
  const led = linksOf("docs/README.md").map((link) => normalize(join("docs", link.split("#")[0] ?? "")));
  expect(led).toEqual(expect.arrayContaining(pages.filter((page) => /^docs\/(?!README)/.test(page))));
});

test.each(pages)("[DC3] the npm scripts and the settings that %s names exist", (page) => {
  const scripts = [...textOf(page).matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)];
  expect(scripts.filter(([, name = ""]) => !(name in project.scripts))).toEqual([]);
  const schema = JSON.parse(herdConfigJsonSchema()) as Schema;
  // There `places` is what a WHATSAT is answered.
  if (page === "docs/use.md") return;
  const settings = [...textOf(page).matchAll(/`((?:limits|peers|places|nearest|auth)\.[a-zA-Z.]+)`/g)];
  expect(settings.filter(([, name = ""]) => !hasSetting(schema, name.split(".")))).toEqual([]);
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

function hasSetting(schema: Schema, [name = "", ...rest]: readonly string[]): boolean {
  const member = schema.properties?.[name];
  return member !== undefined && (rest.length === 0 || hasSetting(member, rest));
}

test("[DC3] docs/limits.md has every limit, with its default", () => {
  const [table = ""] = textOf("docs/limits.md").split("\n## ");
  const rows = [...table.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| ([^|]+?) \|/gm)];
  const told = Object.fromEntries(
    rows.flatMap(([, names = "", values = ""]) => {
      const defaults = values.split(", ").map((value) => value.replaceAll(",", ""));
      return [...names.matchAll(/\w+/g)].map(([name], index) => [name, defaults[index]]);
    }),
  );
  for (const [name, value] of Object.entries(bundled.limits))
    expect(told[name], `limits.${name}`).toMatch(
      Array.isArray(value) ? /^none/ : new RegExp(String.raw`^${String(value)}(?!\d)`),
    );
});
