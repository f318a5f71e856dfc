// All commands of `npm run herd`, in the order in which its help shows them, and the program that they form.

import { Command } from "commander";
import { EXIT_HELP } from "../terminal/failure.ts";
import { handOptionsDown, jsonOption, quietOption, serverOption, urlOption } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { check } from "./check.ts";
import { clients } from "./clients.ts";
import { addCompletion } from "./completion.ts";
import { connect } from "./connect.ts";
import { create } from "./create.ts";
import { drain, resume } from "./drain.ts";
import { forget } from "./forget.ts";
import { gateway } from "./gateway.ts";
import { iamat } from "./iamat.ts";
import { load } from "./load.ts";
import { logs } from "./logs.ts";
import { metrics } from "./metrics.ts";
import { newEpoch } from "./new-epoch.ts";
import { restore } from "./restore.ts";
import { status } from "./status.ts";
import { test } from "./test.ts";
import { token } from "./token.ts";
import { watch } from "./watch.ts";
import { whatsat } from "./whatsat.ts";

const GROUPS: Readonly<Record<string, readonly (() => Command)[]>> = {
  "The herd:": [create, test, status, check],
  "Clients:": [connect, iamat, whatsat, watch, clients, forget],
  "Operators:": [drain, resume, token, logs, load, gateway, metrics, restore, newEpoch],
};

/** `local`: commands that start something on this machine. They come first. `version`: the package's. */
export function herdProgram(local: readonly (() => Command)[], version: string): Command {
  const program = new Command(PROGRAM)
    .description("Works with a herd, on this machine or deployed.")
    .enablePositionalOptions()
    .version(version, "-V, --version", "print the version of this package")
    .addOption(urlOption())
    .addOption(serverOption())
    .option("--token <token>", "the token, if the herd asks for one (env: HERD_TOKEN, OPERATOR_TOKEN)")
    .addOption(jsonOption("the result"))
    .addOption(quietOption())
    .addHelpText(
      "after",
      `\nThese options may come before or after a command that has them: ${PROGRAM} <command> --help lists its options.\n\n${EXIT_HELP}`,
    );
  for (const [group, makers] of [["The herd:", local] as const, ...Object.entries(GROUPS)])
    for (const make of makers) program.addCommand(make().helpGroup(group));
  addCompletion(program);
  return program.hook("preSubcommand", handOptionsDown);
}
