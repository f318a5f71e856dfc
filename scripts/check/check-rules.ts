// Compares the tests with the rules: `node scripts/check/check-rules.ts`.
//
// Each rule of a SPEC.md (`**LN1**`) needs a test, and each title in test/ begins with the rules that it tests, each in
// brackets: `[FL2] sends nothing back to where it came from`, or `[RP7] [CU2] …`. A title is therefore a literal in the call,
// `test("[FL2] …"` or `test.each(…)("[FL2] …"`; or it is "$title", and the rows of the table have `title: "[FL2] …"`. A
// skipped test counts as no test. The check prints every problem and what to do about it, and ends with 1 if there is any.

import { glob, readFile } from "node:fs/promises";

/** A room that has rules has a page of them. */
const SPECS = "{src,scripts,docs,test}/**/SPEC.md";

/** All files: a suite or a table that several tests share is not a `.test.ts` itself. */
const TESTS = "test/**/*.ts";

/** A call of `test`, `it` or, for its tables, `describe`, with modifiers. Or the second call, after a table. */
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

/** The titles in a file of tests, and the problems of the way in which its tests are written. */
function readTests(file: string, source: string): { readonly titles: Title[]; readonly problems: string[] } {
  const titles: Title[] = [];
  const problems: string[] = [];
  /** The function whose table has begun. Its title comes with the second call. */
  let tableOf: string | undefined;
  const placeOf = (index: number) => `${file}:${source.slice(0, index).split("\n").length}`;
  for (const { index, groups } of source.matchAll(ROW_TITLE))
    titles.push({ place: placeOf(index), text: groups?.["title"] ?? "" });
  for (const { index, groups: { callee, modifiers = "", title } = {} } of source.matchAll(CALL)) {
    const place = placeOf(index);
    if (/\.(?:skip|skipIf|runIf|todo|only|fails)\b/.test(modifiers))
      problems.push(`${place}: ${callee}${modifiers} does not test a rule every time: leave ${modifiers} out`);
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
/** The page of each rule. */
const rules = new Map<string, string>();
const doubled: string[] = [];
for (const spec of specs)
  for (const rule of rulesOf(await readFile(spec, "utf8"))) {
    const other = rules.get(rule);
    if (other === undefined) rules.set(rule, spec);
    else doubled.push(`${spec}: ${rule} is already a rule of ${other}: give it another id`);
  }

const files = (await Array.fromAsync(glob(TESTS))).toSorted();
const read = await Promise.all(files.map(async (file) => readTests(file, await readFile(file, "utf8"))));

const titles = read.flatMap((file) => file.titles);
const held = new Set(titles.flatMap(({ text }) => rulesNamedIn(text)));
const problems = [...doubled, ...read.flatMap((file) => file.problems)];
for (const { place, text } of titles) {
  const named = rulesNamedIn(text);
  if (named.length === 0)
    problems.push(`${place}: ${JSON.stringify(text)} names no rule: begin it with one, such as "[LN1] …"`);
  for (const rule of named)
    if (!rules.has(rule))
      problems.push(`${place}: ${rule} is not a rule of any SPEC.md: name one that is, or write this one`);
}
for (const [rule, spec] of rules)
  if (!held.has(rule)) problems.push(`${spec}: no test has ${rule}: write one whose title begins with "[${rule}] "`);

if (problems.length === 0)
  console.log(`Every rule has a test: ${rules.size} rules in ${specs.length} pages, ${titles.length} tests.`);
else {
  console.error(`Cannot match the tests with the rules:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  process.exitCode = 1;
}
