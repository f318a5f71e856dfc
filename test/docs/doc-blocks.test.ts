// How the tests read the documentation: what a fence says about its block, and when output is as a page shows it.

import { describe, expect, test } from "vitest";
import { blocksOf } from "../support/doc-blocks.ts";
import { isAmong, isAsShown } from "../support/shown-output.ts";

describe("a fence", () => {
  test.each([
    ["sh", { kind: "run" }],
    ["console", { kind: "transcript", withinPercent: undefined }],
    ["console within 20%", { kind: "transcript", withinPercent: 20 }],
    ["sh herd", { kind: "herd" }],
    ["lines Alford?unknown=reject", { kind: "lines", server: "Alford?unknown=reject", isOverPost: true }],
    ["lines Alford, not over POST", { kind: "lines", server: "Alford", isOverPost: false }],
    ["log", { kind: "printed" }],
    ["js file=client.mjs", { kind: "file", name: "client.mjs" }],
    ["json settings", { kind: "settings" }],
    ["sh not run: needs an account", { kind: "not run", reason: "needs an account" }],
    ["", { kind: "unclear" }],
    ["js", { kind: "unclear" }],
    ["sh later", { kind: "unclear" }],
    ["sh not run:", { kind: "unclear" }],
    ["sh not run", { kind: "unclear" }],
    ["lines", { kind: "unclear" }],
    ["json", { kind: "unclear" }],
    ["console within", { kind: "unclear" }],
  ])("[DC6] that says %j", (info, use) => {
    expect(blocksOf("page.md", `Text\n\n\`\`\`${info}\n$ true\n\`\`\`\n`)).toEqual([
      { page: "page.md", line: 3, text: "$ true", use },
    ]);
  });

  test("[DC1] may be indented, and longer than one in its block", () => {
    const [block, ...others] = blocksOf("page.md", "1. So:\n\n   ````sh\n   a\n     ```\n   b\n   ````\n");
    expect(others).toEqual([]);
    expect(block?.text).toBe("a\n  ```\nb");
  });

  test("[DC1] that is not closed is a mistake", () => {
    expect(() => blocksOf("page.md", "```sh\na\n")).toThrow("page.md:1: a block begins and does not end");
  });
});

const AT = "AT Alford +394544919.100985550 kiwi +34.068930-118.445127 1400794645.392014450";

describe("what is shown", () => {
  test.each([
    ["the same", "a\nb", "a\nb\n", true],
    ["a line more", "a", "a\nb", false],
    ["a line less", "a\nb", "a", false],
    ["another skew", AT, AT.replace("+394544919.100985550", "-0.000000001"), true],
    ["a skew of another precision", AT, AT.replace("100985550", "1"), false],
    ["another location", AT, AT.replace("34.0", "35.0"), false],
    ["another time claimed", AT, AT.replace("645.39", "646.39"), false],
    ["another time of day", "09:26:04.510 Alford", "14:00:00.001 Alford", true],
    ["other milliseconds", "arrived in 11.2 ms", "arrived in 120 ms", true],
    ["milliseconds that are words", "arrived in 11.2 ms", "arrived in no ms", false],
    ["something for …", "start …, well", "start 17, well", true],
    ["nothing for …", "start …, well", "start , well", true],
    ["a line end for …", "start …, well", "start\n, well", false],
    ["lines for …", "a\n…\nb", "a\nx\ny\nb", true],
    ["no lines for …", "a\n…\nb", "a\nb", true],
    ["the rest for …", "a\n…", "a\nx\ny", true],
    ["a character that means something in patterns", "a.b (c)", "axb (c)", false],
  ])("[DC2] and what came: %s", (_, shown, printed, expected) => {
    expect(isAsShown(shown, printed)).toBe(expected);
  });

  test.each([
    ["the same", "1,000 lines", true],
    ["a tenth more", "1100 lines", true],
    ["aligned otherwise", "  910    lines", false],
    ["a third more", "1300 lines", false],
    ["a third less", "700 lines", false],
    ["other words", "1000 files", false],
    ["no number", "lines", false],
  ])("[DC7] within 20 %%: %s", (_, printed, expected) => {
    expect(isAsShown("1,000 lines", printed, 20)).toBe(expected);
  });

  test("[DC2] as one line among others", () => {
    expect(isAmong("09:26:04.510 Alford  accepted seq=…", "x\n10:00:00.000 Alford  accepted seq=7\ny")).toBe(true);
    expect(isAmong("09:26:04.510 Alford  accepted", "10:00:00.000 Alford  accepted seq=7")).toBe(false);
  });
});
