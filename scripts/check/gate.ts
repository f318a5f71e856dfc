// Every check of the project, in order, up to the first that fails: `npm test`.
//
// The cheapest check comes first. A failure ends with what to do about it.

import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";

interface Check {
  readonly name: string;
  readonly command: readonly string[];
  readonly advice: string;
}

/** Every folder that says which types its files may use. */
const TYPED_FOLDERS = globSync("{src,scripts,test}/**/tsconfig.json").map(dirname).toSorted();

const directory = mkdtempSync(join(tmpdir(), "places-herd-"));
const results = join(directory, "results.json");

const checks: readonly Check[] = [
  { name: "format", command: ["oxfmt", "--check"], advice: "npm run format corrects it" },
  {
    name: "lint",
    command: ["oxlint"],
    advice: "correct what it names; oxlint.config.ts has the rules, scripts/check/rooms.ts the imports",
  },
  ...TYPED_FOLDERS.map((project) => ({
    name: `types of ${project}`,
    command: ["tsc", "-p", project],
    advice: `correct what it names; ${project}/tsconfig.json says which types are there`,
  })),
  { name: "unused code", command: ["knip"], advice: "remove what nothing uses" },
  {
    name: "rules",
    command: ["node", "scripts/check/check-rules.ts"],
    advice: "each rule of a SPEC.md needs a test, and each test names its rules",
  },
  { name: "embedded places", command: ["node", "scripts/build/build-places.ts"], advice: "is npm ci done?" },
  { name: "live page", command: ["node", "scripts/build/build-page.ts"], advice: "correct what esbuild names" },
  {
    name: "tests",
    command: ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${results}`],
    advice: "run one file with: npx vitest run path/to/file.test.ts",
  },
];

for (const { name, command, advice } of checks) {
  const [program = "", ...args] = command;
  console.log(`> ${name}: ${command.slice(0, 3).join(" ")}`);
  const { status } = spawnSync(program, args, { stdio: "inherit" });
  if (status === 0) continue;
  console.error(`\nThe check "${name}" failed: ${advice}.`);
  process.exitCode = 1;
  break;
}
reportTests();
rmSync(directory, { recursive: true });

/** The last line says how many tests passed and failed, always in the same form. */
function reportTests(): void {
  try {
    const counts = z.object({ numPassedTests: z.number(), numFailedTests: z.number() });
    const { numPassedTests, numFailedTests } = counts.parse(JSON.parse(readFileSync(results, "utf8")));
    console.log(`\n${numPassedTests} passed, ${numFailedTests} failed`);
  } catch {
    console.log("\nNo test ran.");
  }
}
