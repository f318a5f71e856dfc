// `up`: starts the herd on this machine; `up Alford`: brings one server of a running herd back into service.
//
// Two commands of one word, told apart by the server's name. So each option belongs to one of them, and is refused with
// the other rather than ignored.

import { Command } from "commander";
import { operatorTokenOption, quietOption, urlOption } from "../../src/cli/terminal/options.ts";
import { PROGRAM } from "../../src/cli/terminal/program-name.ts";
import type { RunHerdOptions } from "./run-herd.ts";
import { bringUp, type ServiceOptions } from "../../src/cli/commands/service.ts";
import { addStartOptions, startHerd } from "./start-options.ts";

type Options = RunHerdOptions & ServiceOptions;

const SERVICE_OPTIONS = new Set(["url", "token", "quiet"]);

export function up(): Command {
  const command = new Command("up")
    .description("starts the herd on this machine; with the name of a server, brings that one back into service")
    .argument("[server]", "a server of a running herd that was taken down: it catches up by itself")
    .addHelpText(
      "after",
      `\nWithout a server: --port, --config, --state, --logs, --log-level, --secrets and --only say what is started.
With a server: --url and --token say at which herd it is brought back.

Examples:
  ${PROGRAM} up --port 9000 --config my-herd.json --state my-state
  ${PROGRAM} up Alford`,
    )
    .action(async (server: string | undefined, options: Options) => {
      refuseOthers(command, server);
      if (server === undefined) return startHerd(options);
      return bringUp(server, options);
    });
  return addStartOptions(command).addOption(urlOption()).addOption(operatorTokenOption()).addOption(quietOption());
}

function refuseOthers(command: Command, server: string | undefined): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const isOfService = SERVICE_OPTIONS.has(name);
    if (command.getOptionValueSource(name) !== "cli" || isOfService === (server !== undefined)) continue;
    const advice = isOfService ? "is for a server that runs: name it" : `is for starting a herd: leave ${server} out`;
    command.error(`error: ${option.long} ${advice}`);
  }
}
