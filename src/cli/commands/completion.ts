// `completion`: a script for a shell, with which the Tab key completes commands, options and their values. Keeps HC47.
//
// @bomb.sh/tab reads the commands from commander. It adds `completion`, and `complete`, which the script asks at each Tab. The
// script calls this very program, not npm, which would take half a second.

import { fileURLToPath } from "node:url";
import root from "@bomb.sh/tab";
import completeCommander from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { addExamples } from "../terminal/help-text.ts";
import { COMMAND_NAME, SILENT_PROGRAM } from "../terminal/program-name.ts";

/** Gives the program its completion. Every other command has to be there. */
export function addCompletion(program: Command): void {
  completeCommander(program, { completionCommandName: "completion" });
  const command = program.commands.find((each) => each.name() === "completion");
  if (command === undefined) throw new Error("Cannot complete: the library has added no command");
  command.description("prints a script with which a shell completes commands and options").helpGroup("The herd:");
  command.action((shell: string) => {
    const script = process.argv[1] ?? fileURLToPath(import.meta.url);
    root.setup(COMMAND_NAME, [process.execPath, script].map(quoted).join(" "), shell);
  });
  addExamples(
    command,
    [
      `source <(${SILENT_PROGRAM} completion bash)`,
      `source <(${SILENT_PROGRAM} completion zsh)`,
      `${SILENT_PROGRAM} completion fish | source`,
    ],
    `It completes the command ${COMMAND_NAME}${COMMAND_NAME === "herd" ? `, which is an alias: alias herd='${SILENT_PROGRAM}'` : ""}.`,
  );
}

/** For a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
