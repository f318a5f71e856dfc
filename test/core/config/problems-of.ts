import { expect } from "vitest";

import { closestName } from "../../../src/cli/terminal/closest-name.ts";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";

/** Two servers that make a herd. */
export const TWO = [
  { name: "Alford", neighbours: ["Parker"] },
  { name: "Parker", neighbours: ["Alford"] },
];

/** The problems for which a configuration is refused. */
export function problemsOf(config: unknown): string[] {
  try {
    parseHerdConfig(config, { closest: closestName });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [heading, ...problems] = error.message.split("\n");
    expect(heading).toBe("Cannot use herd.config.json:");
    return problems.map((problem) => problem.replace("  - ", ""));
  }
  throw new Error(`Expected ${JSON.stringify(config)} to be refused`);
}
