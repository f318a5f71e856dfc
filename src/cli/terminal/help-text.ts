// What a command's --help shows after its options: notes, then examples. Keeps HC14.

import type { Command } from "commander";

/** Adds examples as they are typed, and the notes above them. */
export function addExamples(command: Command, examples: readonly string[], notes = ""): Command {
  const title = examples.length === 1 ? "Example" : "Examples";
  const lines = examples.map((example) => `  ${example}`).join("\n");
  return command.addHelpText("after", `\n${notes === "" ? "" : `${notes}\n\n`}${title}:\n${lines}`);
}
