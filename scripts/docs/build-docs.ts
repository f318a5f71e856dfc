// Writes the parts of the documentation that repeat what the code says: `npm run build:docs`.
//
// Each part lies in its page between two comments. It is made from the code's own tables or from the stored benchmark,
// never from source text. A test fails if a page is not what this script would write. Keeps DC17.

import { readFile, writeFile } from "node:fs/promises";
import { routesTable } from "../../src/worker/routes/addresses.ts";
import { benchmarkTable } from "./benchmark-table.ts";
import { commandsTable, refusalsTable } from "./commands-tables.ts";
import { billExample, monthsTable, pricesTable, ratesTable } from "./costs-tables.ts";
import { limitsTable } from "./limits-table.ts";
import { rulesTable } from "./rules-table.ts";

interface Part {
  readonly name: string;
  readonly make: () => string | Promise<string>;
}

const PARTS: Readonly<Record<string, readonly Part[]>> = {
  "docs/README.md": [{ name: "rules", make: rulesTable }],
  "docs/benchmark.md": [{ name: "benchmark", make: benchmarkTable }],
  "docs/costs.md": [
    { name: "bill", make: billExample },
    { name: "prices", make: pricesTable },
    { name: "rates", make: ratesTable },
    { name: "months", make: monthsTable },
  ],
  "docs/limits.md": [{ name: "limits", make: limitsTable }],
  "docs/protocol.md": [
    { name: "lines", make: commandsTable },
    { name: "refusals", make: refusalsTable },
    { name: "addresses", make: routesTable },
  ],
};

export const GENERATED_PAGES: readonly string[] = Object.keys(PARTS);

/** The page with each of its parts made anew. */
export async function withParts(page: string, text: string): Promise<string> {
  let written = text;
  for (const { name, make } of PARTS[page] ?? []) {
    const begin = `<!-- ${name}: npm run build:docs -->\n`;
    const end = `<!-- end of ${name} -->`;
    const [before, rest, ...others] = written.split(begin);
    const after = rest?.split(end);
    if (before === undefined || after?.length !== 2 || others.length > 0)
      throw new Error(`Cannot write the part "${name}" of ${page}: the page must have its two comments once`);
    const part = await make();
    written = `${before}${begin}\n${part.trimEnd()}\n\n${end}${after[1]}`;
  }
  return written;
}

if (import.meta.main)
  for (const page of GENERATED_PAGES) await writeFile(page, await withParts(page, await readFile(page, "utf8")));
