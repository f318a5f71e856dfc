// The parts of the pages that `npm run build:docs` writes.

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { GENERATED_PAGES, withParts } from "../../scripts/docs/build-docs.ts";

describe("npm run build:docs", () => {
  test.each(GENERATED_PAGES)("[DC17] would change nothing in %s", async (page) => {
    const text = await readFile(page, "utf8");
    expect(await withParts(page, text)).toBe(text);
  });

  test("[DC17] replaces what lies between the two comments, and nothing else", async () => {
    const page = "docs/limits.md";
    const [before, , after] = (await readFile(page, "utf8")).split(/(<!-- limits: [^]*<!-- end of limits -->)/);
    const emptied = `${before}<!-- limits: npm run build:docs -->\nold\n<!-- end of limits -->${after}`;
    expect(await withParts(page, emptied)).toBe(await readFile(page, "utf8"));
  });

  test.each([
    ["no comments", "text"],
    ["no end", "<!-- limits: npm run build:docs -->\n"],
    ["a part twice", "<!-- limits: npm run build:docs -->\n<!-- end of limits -->\n".repeat(2)],
  ])("[DC17] refuses a page with %s", async (_, text) => {
    await expect(withParts("docs/limits.md", text)).rejects.toThrow('Cannot write the part "limits" of docs/limits.md');
  });
});
