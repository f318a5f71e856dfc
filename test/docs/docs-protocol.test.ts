// docs/protocol.md beside the rules and the code: whoever writes a client from it meets nothing that it does not tell of.

import { glob, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { LogEntry } from "../../src/core/contract/log-entry.ts";
import type { PlacesStatus } from "../../src/core/protocol/places.ts";

const protocol = await readFile("docs/protocol.md", "utf8");
const specs = (await Array.fromAsync(glob("{src,docs,test}/**/SPEC.md"))).toSorted();
const spec = (await Promise.all(specs.map((file) => readFile(file, "utf8")))).join("\n");

/** Sections of SPEC.md whose rules a client can observe. The others are for those who run, or are, the herd, and for people. */
const FOR_CLIENTS = ["Lines", "Reports", "Places", "Watching", "Access", "Edge", "Limits"];
const INSIDE_THE_HERD = ["Turns", "Flood", "Catch-up", "Logs", "The herd"];

/** Rules of those sections that concern nobody outside, and why. */
const INSIDE: Readonly<Record<string, string>> = {
  WA6: "how often providers are asked",
  AC9: "a command of operators",
  LI11: "how logs are written",
  LI12: "how memory is kept",
};

/** Rules of other sections that a client meets. */
const OUTSIDE = ["FL1", "HD2", "HD3", "HD4", "HD6", "HD8"];

function sectionsOf(markdown: string): Map<string, string> {
  const [, ...sections] = markdown.split(/^## /m);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf("\n")), section]));
}

describe("rules", () => {
  test("[DC4] are for clients or not, a section at a time", () => {
    const decided = new Set([...FOR_CLIENTS, ...INSIDE_THE_HERD]);
    const undecided = [...sectionsOf(spec).keys()].filter((name) => !decided.has(name));
    expect(undecided, "sections of SPEC.md to be named in this test").toEqual([]);
  });

  test("[DC4] that concern clients are cited", () => {
    const rules = FOR_CLIENTS.flatMap((name) =>
      [...(sectionsOf(spec).get(name) ?? "").matchAll(/\*\*([A-Z]{2}\d+)\*\*/g)].flatMap(([, rule]) => rule ?? []),
    );
    const missing = [...rules, ...OUTSIDE].filter((rule) => !(rule in INSIDE) && !protocol.includes(`[${rule}]`));
    expect(missing).toEqual([]);
  });

  test("[DC3] that any page cites exist", async () => {
    const pages = await Array.fromAsync(glob(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**/*.md"]));
    const texts = await Promise.all(pages.map((page) => readFile(page, "utf8")));
    const cited = texts.flatMap((text) => [...text.matchAll(/\b(?!UTF)[A-Z]{2}\d{1,2}\b/g)].map(([rule]) => rule));
    expect(new Set(cited).size).toBeGreaterThan(50);
    expect([...new Set(cited)].filter((rule) => !spec.includes(`**${rule}**`))).toEqual([]);
  });
});

/** Each of them, as the compiler sees to. */
const REASONS = {
  "unknown command": true,
  "AT is for servers": true,
  "IAMAT takes a client, a location and a time": true,
  "WHATSAT takes a client, a radius and a number of items": true,
  "WATCH takes a client or *": true,
  "UNWATCH takes a client or *": true,
  "client too long": true,
  "location is not ±lat±lon": true,
  "location is out of range": true,
  "location too long": true,
  "time is not POSIX seconds": true,
  "time too far ahead": true,
  "radius is not more than 0 and at most 50": true,
  "items is not 1 to 20": true,
  "its token does not allow reports for this client": true,
  "its token does not allow questions about this client": true,
  "its token does not allow questions about all clients": true,
  "line too long": true,
  "not UTF-8": true,
  "message too long": true,
  "a POST watches nobody": true,
  "too many commands": true,
  "too many WHATSATs": true,
  "too many clients": true,
  "too many watches": true,
} satisfies Record<Extract<LogEntry, { event: "refused" }>["reason"], true>;

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
  test("[DC4] each reason for which a line is refused is told", () => {
    expect(Object.keys(REASONS).filter((reason) => !protocol.includes(`\`${reason}\``))).toEqual([]);
  });

  test("[DC4] each status of an answer with places is told", () => {
    expect(Object.keys(STATUSES).filter((status) => !protocol.includes(`\`${status}\``))).toEqual([]);
  });

  test("[DC4] each title of a refusal over HTTP is told, with its status", async () => {
    const titles = [
      ...(await textsIn("src/worker/**/*.ts", /\bproblem\(\s*(\d{3}),\s*/)),
      ...(await textsIn("src/core/**/*.ts", /\bstatus: (\d{3}),\s*title: /)),
      ...(await textsIn("src/worker/**/*.ts", /\b(?:()forbidden\(|admitOperator\(request, env, )\s*/)).map(
        (refusal) => ({
          ...refusal,
          code: "403",
        }),
      ),
    ];
    expect(titles.length).toBeGreaterThan(15);
    expect(titles.filter(({ code, text }) => !protocol.includes(`| ${code} | \`${text}\``))).toEqual([]);
  });

  test("[DC4] each thing that can be wrong with a token is told", async () => {
    const problems = await textsIn("src/worker/auth/access-token.ts", /()\n {2}\| /);
    expect(problems.length).toBeGreaterThan(8);
    expect(problems.filter(({ text }) => !protocol.includes(`\`${text}\``))).toEqual([]);
  });

  test("[DC4] each code with which a client's connection is closed is told, with its reason", async () => {
    const endings = [
      ...(await textsIn("src/core/**/*.ts", /\bcode: (\d{4}), reason: /)),
      ...(await textsIn("src/core/sessions/client-connections.ts", /()#endAs\(connection, /)).map((ending) => ({
        ...ending,
        code: "1008",
      })),
    ];
    expect(endings.length).toBeGreaterThan(6);
    expect(endings.filter(({ code, text }) => !protocol.includes(`| ${code} | \`${text}\``))).toEqual([]);
  });

  test("[DC4] each address is told", async () => {
    const router = await readFile("src/worker/routes/router.ts", "utf8");
    const addresses = [...router.matchAll(/^ {2}"(\/[^"]*)": "/gm)].flatMap(([, address]) => address ?? []);
    expect(addresses.length).toBeGreaterThan(10);
    expect(addresses.filter((address) => !new RegExp(`${RegExp.escape(address)}[\`?]`).test(protocol))).toEqual([]);
  });
});
