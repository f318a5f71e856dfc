// The table of docs/README.md that leads to the rules: each page of rules, and with what letters its ids begin.

import { glob, readFile } from "node:fs/promises";
import { posix } from "node:path";
import { markdownTable } from "./markdown-table.ts";

const PAGES = "{src,scripts,docs,test}/**/SPEC.md";

export async function rulesTable(): Promise<string> {
  const pages = (await Array.fromAsync(glob(PAGES))).toSorted();
  const rows = pages.map(async (page) => {
    const text = await readFile(page, "utf8");
    const [, title] = /^# (.+)$/m.exec(text) ?? [];
    const prefixes = new Set([...text.matchAll(/\*\*([A-Z]{2})\d+\*\*/g)].flatMap(([, prefix]) => prefix ?? []));
    if (title === undefined || prefixes.size === 0)
      throw new Error(`Cannot list ${page}: a page of rules must have a title and rules`);
    return [`[${title}](${posix.relative("docs", page)})`, [...prefixes].join(", ")];
  });
  return markdownTable(["rules", "ids begin with"], await Promise.all(rows));
}
