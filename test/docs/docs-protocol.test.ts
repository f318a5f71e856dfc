// docs/protocol.md beside the rules and the code: it tells of everything that a client can meet.

import { glob, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { COMMANDS, NO_COMMAND_REASONS } from "../../src/core/commands/table.ts";
import {
  drained,
  INPUT_ENDED,
  MESSAGE_TOO_LONG,
  noLineInTime,
  READS_TOO_SLOWLY,
  silent,
  TOKEN_EXPIRED,
  TOO_MANY_COMMANDS,
} from "../../src/core/contract/close-reason.ts";
import { BROKEN_LINE_REASONS } from "../../src/core/protocol/line.ts";
import { METHODS } from "../../src/worker/routes/addresses.ts";
import { CLOSE_CODES } from "../../src/worker/transport/close-codes.ts";
import type { PlacesStatus } from "../../src/core/protocol/places.ts";

const protocol = await readFile("docs/protocol.md", "utf8");
const specs = (await Array.fromAsync(glob("{src,docs,test}/**/SPEC.md"))).toSorted();
const spec = (await Promise.all(specs.map((file) => readFile(file, "utf8")))).join("\n");
/** The pages whose sections may concern clients. */
const herdSpec = `${await readFile("src/core/SPEC.md", "utf8")}\n${await readFile("src/worker/SPEC.md", "utf8")}`;

/** Sections of the pages of rules. A client can observe the rules of the first ones. */
const FOR_CLIENTS = [
  "Lines",
  "Reports",
  "Places",
  "Watching",
  "Forgetting",
  "Keeping",
  "Access",
  "Limits",
  "Nearest server",
  "Connections",
  "Addresses",
];
const INSIDE_THE_HERD = [
  "Turns",
  "Flood",
  "Catch-up",
  "Erasing",
  "Logs",
  "Out of service",
  "Monitoring",
  "Operators",
  "Configuration and deployment",
  "Versions",
  "Other deployments",
  "Run on this machine",
  "Storage",
  "Full storage",
];

/** Rules of those sections that no client observes, and what they are about. */
const INSIDE: Readonly<Record<string, string>> = {
  WA6: "how often providers are asked",
  AC9: "a command of operators",
  AC30: "how often keys are fetched",
  AC32: "a setting that another one needs",
  LI11: "how logs are written",
  LI12: "how memory is kept",
  LI16: "what feeds may bring",
  LI26: "how waits are measured",
  RP13: "what feeds may bring",
  FG3: "what servers hold alike",
  FG4: "what servers tell each other",
  FG5: "what servers tell each other",
  FG10: "what feeds may bring",
  FG11: "how a server starts",
  ED8: "where a server is",
  ED31: "what deployments ask each other",
  ED29: "what a server does without the client",
  HD11: "what other clients do not notice",
};

/** Rules of other sections that a client meets. */
const OUTSIDE = [
  "ED5",
  "ED6",
  "ED7",
  "ED19",
  "ED21",
  "ED27",
  "FL1",
  "HD3",
  "HD6",
  "HD8",
  "HD20",
  "HD21",
  "HD22",
  "HD27",
  "HD29",
  "ST3",
  "ST6",
  "ST9",
];

function sectionsOf(markdown: string): Map<string, string> {
  const [, ...sections] = markdown.split(/^## /m);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf("\n")), section]));
}

describe("rules", () => {
  test("[DC4] are for clients or not, a section at a time", () => {
    const decided = new Set([...FOR_CLIENTS, ...INSIDE_THE_HERD]);
    const undecided = [...sectionsOf(herdSpec).keys()].filter((name) => !decided.has(name));
    expect(undecided, "sections of SPEC.md to be named in this test").toEqual([]);
  });

  test("[DC4] that concern clients are cited", () => {
    const rules = FOR_CLIENTS.flatMap((name) =>
      [...(sectionsOf(herdSpec).get(name) ?? "").matchAll(/\*\*([A-Z]{2}\d+)\*\*/g)].flatMap(([, rule]) => rule ?? []),
    );
    const missing = [...rules, ...OUTSIDE].filter((rule) => !(rule in INSIDE) && !protocol.includes(`[${rule}]`));
    expect(missing).toEqual([]);
  });

  test("[DC10] that any page cites exist", async () => {
    const pages = await Array.fromAsync(glob(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**/*.md"]));
    const texts = await Promise.all(pages.map((page) => readFile(page, "utf8")));
    const cited = texts.flatMap((text) => [...text.matchAll(/\b(?!UTF)[A-Z]{2}\d{1,2}\b/g)].map(([rule]) => rule));
    expect(new Set(cited).size).toBeGreaterThan(50);
    expect([...new Set(cited)].filter((rule) => !spec.includes(`**${rule}**`))).toEqual([]);
  });
});

/** Of every command, and of what judges a line before any command does. */
const REASONS = [
  ...COMMANDS.flatMap(({ reasons }) => Object.keys(reasons)),
  ...Object.keys(NO_COMMAND_REASONS),
  ...Object.keys(BROKEN_LINE_REASONS),
  MESSAGE_TOO_LONG.text,
  TOO_MANY_COMMANDS.text,
];

/** Each of them, as the compiler sees to. */
const STATUSES = {
  OK: true,
  ZERO_RESULTS: true,
  INVALID_REQUEST: true,
  OVER_QUERY_LIMIT: true,
  REQUEST_DENIED: true,
  UNKNOWN_ERROR: true,
  NOT_FOUND: true,
} satisfies Record<PlacesStatus, true>;

/** Texts that stand in the code where `before` does; what is put in when it runs is `…`. */
async function textsIn(files: string, before: RegExp): Promise<{ readonly code: string; readonly text: string }[]> {
  const pattern = new RegExp(String.raw`${before.source}(?:"((?:[^"\\]|\\.)*)"|\`((?:[^\`\\]|\\.)*)\`)`, "g");
  const sources = await Promise.all(
    (await Array.fromAsync(glob(files))).toSorted().map((file) => readFile(file, "utf8")),
  );
  return sources.flatMap((source) =>
    [...source.matchAll(pattern)].map(([, code = "", plain, template = ""]) => ({
      code,
      text: (plain ?? template).replaceAll(/\$\{[^}]*\}/g, "…"),
    })),
  );
}

describe("what a client can meet", () => {
  test("[DC12] each reason for which a line is refused is told", () => {
    expect(REASONS.filter((reason) => !protocol.includes(`\`${reason}\``))).toEqual([]);
  });

  test("[DC16] each status of an answer with places is told", () => {
    expect(Object.keys(STATUSES).filter((status) => !protocol.includes(`\`${status}\``))).toEqual([]);
  });

  test("[DC14] each title of a refusal over HTTP is told, with its status", async () => {
    const titles = [
      ...(await textsIn("src/worker/**/*.ts", /\bproblem\(\s*(\d{3}),\s*/)),
      ...(await textsIn("src/core/**/*.ts", /\bstatus: (\d{3}),\s*title: /)),
      ...(await textsIn("src/worker/**/*.ts", /\b()forbidden\(\s*/)).map((refusal) => ({
        ...refusal,
        code: "403",
      })),
    ];
    expect(titles.length).toBeGreaterThan(15);
    expect(titles.filter(({ code, text }) => !protocol.includes(`| ${code} | \`${text}\``))).toEqual([]);
  });

  test("[DC14] each thing that can be wrong with a token is told", async () => {
    const problems = await textsIn("src/worker/auth/access-token.ts", /()\n {2}\| /);
    expect(problems.length).toBeGreaterThan(8);
    expect(problems.filter(({ text }) => !protocol.includes(`\`${text}\``))).toEqual([]);
  });

  test("[DC13] each code with which a client's connection is closed is told, with its reason", () => {
    const reasons = [
      INPUT_ENDED,
      MESSAGE_TOO_LONG,
      READS_TOO_SLOWLY,
      TOKEN_EXPIRED,
      TOO_MANY_COMMANDS,
      drained("…"),
      // A number in place of the setting, which the page names.
      noLineInTime(0),
      silent(0),
    ];
    const told = reasons.map(({ name, text }) => `| ${CLOSE_CODES[name]} | \`${text.replace(" 0 s", " … s")}\``);
    expect(told.filter((row) => !protocol.includes(row))).toEqual([]);
  });

  test("[DC15] each address is told", () => {
    const addresses = [...METHODS.keys()];
    expect(addresses.length).toBeGreaterThan(10);
    expect(addresses.filter((address) => !new RegExp(`${RegExp.escape(address)}[\`?]`).test(protocol))).toEqual([]);
  });
});
