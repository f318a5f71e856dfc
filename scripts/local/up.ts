// `up`: starts the herd on this machine. With the name of a server it is `resume` under its earlier name.
//
// Each option belongs to one of the two. With the other it is refused, not ignored. Keeps HC3, HC17 and HC22.

import { Command } from "commander";
import { addExamples } from "../../src/cli/terminal/help-text.ts";
import { operatorTokenOption, quietOption, urlOption } from "../../src/cli/terminal/options.ts";
import { PROGRAM } from "../../src/cli/terminal/program-name.ts";
import type { RunHerdOptions } from "./run-herd.ts";
import { resumeServer, type ServiceOptions } from "../../src/cli/commands/drain.ts";
import { addStartOptions, startHerd } from "./start-options.ts";

type Options = RunHerdOptions & ServiceOptions;

const SERVICE_OPTIONS = new Set(["url", "token", "quiet"]);

export function up(): Command {
  const command = new Command("up")
    .description("starts the herd on this machine")
    .argument("[server]", "the same as `resume`: a drained server of a running herd")
    .action(async (server: string | undefined, options: Options) => {
      refuseOthers(command, server);
      if (server === undefined) return startHerd(options);
      return resumeServer(server, options);
    });
  addStartOptions(command).addOption(urlOption()).addOption(operatorTokenOption()).addOption(quietOption());
  return addExamples(command, [`${PROGRAM} up --port 9000 --config my-herd.json --state my-state`]);
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
