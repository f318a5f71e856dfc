// The documentation, followed by a reader: the blocks of each page in their order, against a real herd.

import { afterAll, beforeAll, expect, test } from "vitest";
import { documentationPages, readBlocks, type DocBlock } from "../support/doc-blocks.ts";
import { DocSession } from "../support/doc-session.ts";

const pages = await documentationPages();

/** The herd that the README starts. Pages that start no herd use it. */
let readme: DocSession;
let started: DocBlock | undefined;

beforeAll(async () => {
  readme = await DocSession.open();
  started = (await readBlocks("README.md")).find(({ use }) => use.kind === "herd");
  if (started === undefined) throw new Error("Expected the README to say how a herd is started: ```sh herd");
  await readme.work(started);
});

afterAll(() => readme.close());

test.each(pages)("[DC1] [DC2] [DC6] [DC8] %s can be followed, and each step does what it says", async (page) => {
  const blocks = await readBlocks(page);
  const isOfReadme = page === "README.md" || blocks.every(({ use }) => use.kind !== "herd");
  const session = isOfReadme ? readme : await DocSession.open();
  try {
    for (const block of blocks) if (page !== "README.md" || block.line !== started?.line) await session.work(block);
    expect(blocks.filter(({ use }) => use.kind === "unclear")).toEqual([]);
  } finally {
    if (!isOfReadme) await session.close();
  }
});
