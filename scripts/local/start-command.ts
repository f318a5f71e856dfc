// `start`: starts the herd on this machine. Keeps HC3.
//
// `up` is its former name, and with the name of a server the former name of `resume`. It does both still, and says what is typed
// now. Each of its options belongs to one of the two. With the other it is refused, not ignored. Keeps HC17, HC22 and HC48.

import { Command } from "commander";
import { addExamples } from "../../src/cli/terminal/help-text.ts";
import {
  jsonOption,
  operatorTokenOption,
  quietOption,
  serverOption,
  urlOption,
} from "../../src/cli/terminal/options.ts";
import { printNote } from "../../src/cli/terminal/print.ts";
import { PROGRAM } from "../../src/cli/terminal/program-name.ts";
import type { RunHerdOptions } from "./run-herd.ts";
import { resumeServer, type ServiceOptions } from "../../src/cli/commands/drain.ts";
import { addStartOptions, startHerd } from "./start-options.ts";

export function start(): Command {
  const command = new Command("start").description("starts the herd on this machine").action(startHerd);
  return addExamples(addStartOptions(command), [`${PROGRAM} start --port 9000 --config my-herd.json --state my-state`]);
}

type Options = RunHerdOptions & ServiceOptions;

const SERVICE_OPTIONS = new Set(["url", "server", "token", "json", "quiet"]);

export function up(): Command {
  const command = new Command("up")
    .description("the former name of `start`, and of `resume` if it names a server")
    .argument("[server]", "a drained server of a running herd")
    .action(async (argument: string | undefined, options: Options) => {
      const server = argument ?? options.server;
      refuseOthers(command, server);
      printNote(`\`up\` is called \`${server === undefined ? "start" : `resume ${server}`}\` now.`, options);
      if (server === undefined) return startHerd(options);
      return resumeServer(server, options);
    });
  addStartOptions(command)
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(operatorTokenOption())
    .addOption(jsonOption("the server's state"))
    .addOption(quietOption());
  return addExamples(command, [`${PROGRAM} start`, `${PROGRAM} resume Alford`]);
}

function refuseOthers(command: Command, server: string | undefined): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const isOfService = SERVICE_OPTIONS.has(name);
    if (command.getOptionValueSource(name) !== "cli" || isOfService === (server !== undefined)) continue;
    const advice = isOfService ? "is for a server that runs: name it" : `is for starting a herd: leave out ${server}`;
    command.error(`error: ${option.long} ${advice}`);
  }
}
