// The codes with which commands end, as the help and the documentation list them.

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { EXIT, EXIT_HELP } from "../../../src/cli/terminal/failure.ts";

test("[DC2] docs/command-line.md lists the exit codes as --help does", async () => {
  const text = await readFile("docs/command-line.md", "utf8");
  const documented = [...text.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  const helped = [...EXIT_HELP.matchAll(/^ {2}(\d+) +(.*)$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(documented).toEqual(helped);
  expect(helped.map(([code]) => Number(code))).toEqual([0, ...Object.values(EXIT)]);
});
