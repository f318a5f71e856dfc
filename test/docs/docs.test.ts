// The names in the documentation, compared with what exists: links, pages, scripts, settings.

import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import project from "../../package.json" with { type: "json" };
import { herdConfigJsonSchema } from "../../scripts/build/build-schema.ts";
import { blocksOf, documentationPages, proseOf } from "../support/doc-blocks.ts";

const specs = await Array.fromAsync(glob("{src,scripts,docs,test}/**/SPEC.md"));

const pages = [...new Set([...(await documentationPages()), ...specs, "CHANGELOG.md"])];
const texts = new Map(await Promise.all(pages.map(async (page) => [page, await readFile(page, "utf8")] as const)));

function textOf(page: string): string {
  return texts.get(page) ?? "";
}

/** The targets of links to files. Text in backquotes is no link. */
function linksOf(page: string): string[] {
  const prose = proseOf(textOf(page)).replaceAll(/`[^`]*`/g, "code");
  return [...prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].flatMap(([, target]) => target ?? []);
}

/** The anchors of the headings, as GitHub makes them. */
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

test.each(pages)("[DC6] the other tests that work through blocks of %s know it", async (page) => {
  const uses = blocksOf(page, textOf(page)).map(({ use }) => use);
  const tests = new Set(uses.flatMap((use) => (use.kind === "tested elsewhere" ? use.test : [])));
  for (const other of tests) expect(await readFile(other, "utf8")).toContain(page);
});

test("[DC11] docs/README.md leads to every page, and to every page of rules", () => {
  const led = linksOf("docs/README.md").map((link) => normalize(join("docs", link.split("#")[0] ?? "")));
  const others = pages.filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
  expect(led).toEqual(expect.arrayContaining([...others, ...specs]));
});

test.each(pages)("[DC9] the npm scripts that %s names exist", (page) => {
  const scripts = [...textOf(page).matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)];
  expect(scripts.filter(([, name = ""]) => !(name in project.scripts))).toEqual([]);
});

/** In docs/use.md `places` is the answer to a WHATSAT and no setting. */
const pagesWithSettings = pages.filter((page) => page !== "docs/use.md");

test.each(pagesWithSettings)("[DC9] the settings that %s names exist", (page) => {
  const schema = JSON.parse(herdConfigJsonSchema()) as Schema;
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
