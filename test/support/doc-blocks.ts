// The fenced blocks of the project's documentation, and what a test does with each.
//
// After its language, where readers do not see it, a fence says what its block is for; docs/README.md has the convention. A
// block is run, is written to a file, or shows what was printed. Otherwise its fence says `not run:` and why. Any other block
// is a mistake: nobody would know whether it is true. Keeps DC1.

import { glob, readFile } from "node:fs/promises";

export interface DocBlock {
  readonly page: string;
  /** The line of the fence. */
  readonly line: number;
  /** The text, without the indentation of the fence. */
  readonly text: string;
  readonly use: BlockUse;
}

type BlockUse =
  /** A script of bash. Each command has to succeed. */
  | { readonly kind: "run" }
  /** Commands after `$ `, and their output. `withinPercent`: how far its numbers may differ. */
  | { readonly kind: "transcript"; readonly withinPercent: number | undefined }
  /** The last command starts a herd. It runs until the page ends or starts another one. */
  | { readonly kind: "herd" }
  /** Lines that a client says (`> `) and hears (`< `) at a server, such as `Alford`, perhaps with a query. */
  | { readonly kind: "lines"; readonly server: string; readonly isOverPost: boolean }
  /** Lines that the herd printed. */
  | { readonly kind: "printed" }
  /** A file of the folder that the page works in. */
  | { readonly kind: "file"; readonly name: string }
  /** Settings to put into the folder's herd.config.json. */
  | { readonly kind: "settings" }
  | { readonly kind: "not run"; readonly reason: string }
  /** Another test covers it. */
  | { readonly kind: "tested elsewhere"; readonly test: string }
  | { readonly kind: "unclear" };

/** Pages with blocks of some languages that have tests of their own, because they show more than a terminal. */
const TESTED_ELSEWHERE: Readonly<Record<string, { readonly test: string; readonly languages: readonly string[] }>> = {
  "docs/use.md": { test: "test/herd/client-package.test.ts", languages: ["ts", "text"] },
  "docs/command-line.md": { test: "test/herd/command-line-docs.test.ts", languages: ["console"] },
};

const FENCE = /^(?<indent> *)(?<ticks>`{3,}|~{3,})(?<info>.*)$/;

/** Every page of documentation, the README first: pages that start no herd use the one that it starts. */
export async function documentationPages(): Promise<string[]> {
  const pages = await Array.fromAsync(glob(["README.md", "CONTRIBUTING.md", "docs/**/*.md"]));
  return pages.toSorted((one, other) => rank(one) - rank(other) || one.localeCompare(other));
}

export async function readBlocks(page: string): Promise<DocBlock[]> {
  return blocksOf(page, await readFile(page, "utf8"));
}

export function blocksOf(page: string, markdown: string): DocBlock[] {
  const blocks: DocBlock[] = [];
  let open:
    | { readonly line: number; readonly indent: string; readonly ticks: string; readonly info: string }
    | undefined;
  let lines: string[] = [];
  for (const [index, line] of markdown.split("\n").entries()) {
    const { indent = "", ticks = "", info = "" } = FENCE.exec(line)?.groups ?? {};
    if (open === undefined) {
      if (ticks === "") continue;
      open = { line: index + 1, indent, ticks, info: info.trim() };
      lines = [];
    } else if (ticks.startsWith(open.ticks) && info.trim() === "") {
      blocks.push({ page, line: open.line, text: lines.join("\n"), use: useOf(page, open.info) });
      open = undefined;
    } else lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line.trimStart());
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: a block begins and does not end`);
  return blocks;
}

function useOf(page: string, info: string): BlockUse {
  const [, language = "", rest = ""] = /^(\S*) *(.*)$/.exec(info) ?? [];
  const elsewhere = TESTED_ELSEWHERE[page];
  if (rest === "" && elsewhere?.languages.includes(language) === true)
    return { kind: "tested elsewhere", test: elsewhere.test };
  const [, reason] = /^not run: *(.+)$/.exec(rest) ?? [];
  if (reason !== undefined) return { kind: "not run", reason };
  const [, name] = /^file=(\S+)$/.exec(rest) ?? [];
  if (name !== undefined) return { kind: "file", name };
  const [, percent] = /^within (\d+)%$/.exec(rest) ?? [];
  switch (language) {
    case "sh":
      return rest === "" ? { kind: "run" } : rest === "herd" ? { kind: "herd" } : { kind: "unclear" };
    case "console":
      return rest === "" || percent !== undefined
        ? { kind: "transcript", withinPercent: percent === undefined ? undefined : Number(percent) }
        : { kind: "unclear" };
    case "lines": {
      const [, server, exception] = /^([^\s,]+)(, not over POST)?$/.exec(rest) ?? [];
      return server === undefined
        ? { kind: "unclear" }
        : { kind: "lines", server, isOverPost: exception === undefined };
    }
    case "log":
      return rest === "" ? { kind: "printed" } : { kind: "unclear" };
    case "json":
      return rest === "settings" ? { kind: "settings" } : { kind: "unclear" };
    default:
      return { kind: "unclear" };
  }
}

/** The text of a page, without its blocks and comments. */
export function proseOf(markdown: string): string {
  let fence = "";
  return markdown
    .replaceAll(/<!--[^]*?-->/g, "")
    .split("\n")
    .filter((line) => {
      const { ticks = "" } = FENCE.exec(line)?.groups ?? {};
      const isInBlock = fence !== "" || ticks !== "";
      if (fence === "") fence = ticks;
      else if (ticks.startsWith(fence)) fence = "";
      return !isInBlock;
    })
    .join("\n");
}

function rank(page: string): number {
  return page === "README.md" ? 0 : 1;
}
