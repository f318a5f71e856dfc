// Holds the tests to the rules: `node scripts/check/check-rules.ts`.
//
// Each rule of a SPEC.md (`**LN1**`) needs a test, and each title in test/ names at its start, one pair of brackets a
// rule, the rules that it holds: `[FL2] sends nothing back to where it came from`, or `[RP7] [CU2] …`. So a title has to
// be a literal where the test is called, `test("[FL2] …"`, `test.each(…)("[FL2] …"`; or else it is "$title", and stands in
// the rows of the table as `title: "[FL2] …"`. A skipped test holds nothing. Prints every problem and what to do about it,
// and ends with 1 if there is any.

import { glob, readFile } from "node:fs/promises";

/** Each room that has rules has a page of them. */
const SPECS = "{src,scripts,docs,test}/**/SPEC.md";

/** All of them: a suite or a table that several tests share is no `.test.ts` itself. */
const TESTS = "test/**/*.ts";

/** `test` or `it` with its modifiers; `describe` too, for its tables. Or the second call, where a table came first. */
const CALL =
  /(?:(?<![.\w])(?<callee>test|it|describe)(?<modifiers>(?:\.\w+)*)|[)\]`])\(\s*(?:(["'`])(?<title>(?:\\.|(?!\3).)*))?/gs;

const ROW_TITLE = /\btitle: (["'`])(?<title>\[(?:\\.|(?!\1).)*)/gs;

const RULES_AT_START = /^(?:\[[A-Z]{2}\d+\] )+/;

interface Title {
  /** File and line. */
  readonly place: string;
  readonly text: string;
}

function rulesOf(spec: string): string[] {
  return [...spec.matchAll(/\*\*([A-Z]{2}\d+)\*\*/g)].flatMap(([, id]) => id ?? []);
}

function rulesNamedIn(title: string): string[] {
  return RULES_AT_START.exec(title)?.[0].match(/[A-Z]{2}\d+/g) ?? [];
}

/** The titles in a file of tests, and what is wrong with the way that its tests are written. */
function readTests(file: string, source: string): { readonly titles: Title[]; readonly problems: string[] } {
  const titles: Title[] = [];
  const problems: string[] = [];
  /** Whose table has begun: its title comes with the second call. */
  let tableOf: string | undefined;
  const placeOf = (index: number) => `${file}:${source.slice(0, index).split("\n").length}`;
  for (const { index, groups } of source.matchAll(ROW_TITLE))
    titles.push({ place: placeOf(index), text: groups?.["title"] ?? "" });
  for (const { index, groups: { callee, modifiers = "", title } = {} } of source.matchAll(CALL)) {
    const place = placeOf(index);
    if (/\.(?:skip|skipIf|runIf|todo|only|fails)\b/.test(modifiers))
      problems.push(`${place}: ${callee}${modifiers} does not hold a rule every time: leave ${modifiers} out`);
    if (/\.(?:each|for)\b/.test(modifiers)) tableOf = callee;
    else if (callee === undefined && (tableOf === undefined || title === undefined)) continue;
    else {
      const isTest = (callee ?? tableOf) !== "describe";
      if (callee === undefined) tableOf = undefined;
      if (!isTest || title === "$title") continue;
      if (title !== undefined) titles.push({ place, text: title });
      else problems.push(`${place}: the title is not a literal: write it where the test is called`);
    }
  }
  return { titles, problems };
}

const specs = (await Array.fromAsync(glob(SPECS))).toSorted();
/** By rule, the page that has it. */
const rules = new Map<string, string>();
const doubled: string[] = [];
for (const spec of specs)
  for (const rule of rulesOf(await readFile(spec, "utf8"))) {
    const other = rules.get(rule);
    if (other === undefined) rules.set(rule, spec);
    else doubled.push(`${spec}: ${rule} is a rule of ${other} already: give it an id of its own`);
  }

const files = (await Array.fromAsync(glob(TESTS))).toSorted();
const read = await Promise.all(files.map(async (file) => readTests(file, await readFile(file, "utf8"))));

const titles = read.flatMap((file) => file.titles);
const held = new Set(titles.flatMap(({ text }) => rulesNamedIn(text)));
const problems = [...doubled, ...read.flatMap((file) => file.problems)];
for (const { place, text } of titles) {
  const named = rulesNamedIn(text);
  if (named.length === 0)
    problems.push(`${place}: ${JSON.stringify(text)} names no rule: begin it with one, "[LN1] …"`);
  for (const rule of named)
    if (!rules.has(rule))
      problems.push(`${place}: ${rule} is a rule of no SPEC.md: name one that is, or write it there`);
}
for (const [rule, spec] of rules)
  if (!held.has(rule)) problems.push(`${spec}: no test holds ${rule}: write one whose title begins with "[${rule}] "`);

if (problems.length === 0)
  console.log(`Every rule has a test: ${rules.size} rules in ${specs.length} pages, ${titles.length} tests.`);
else {
  console.error(`Cannot match the tests with the rules:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  process.exitCode = 1;
}
