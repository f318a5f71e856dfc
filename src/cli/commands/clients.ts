// `clients`: every client that the herd knows, where it is, and since when. Keeps HC45 and HC64.

import { Command } from "commander";
import { withHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { printReport } from "../net/print-report.ts";
import { addExamples } from "../terminal/help-text.ts";
import {
  jsonOption,
  namedServer,
  nearOption,
  quietOption,
  serverOption,
  tokenOption,
  urlOption,
} from "../terminal/options.ts";
import { printNote, type OutputOptions } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";

type Options = HerdClientOptions & OutputOptions;

export function clients(): Command {
  const command = new Command("clients")
    .description("prints the report of every client that a server knows")
    .argument("[server]", "the server; by default the nearest that answers")
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(nearOption())
    .addOption(tokenOption())
    .addOption(jsonOption("each report"))
    .addOption(quietOption())
    .action(async (argument: string | undefined, { server: named, ...given }: Options) => {
      const server = namedServer(argument, named);
      const options = { ...given, ...(server !== undefined && { server }) };
      await withHerd(options, "list clients", async (herd) => {
        let count = 0;
        for await (const report of herd.reports()) {
          count++;
          if (options.json || !options.quiet) printReport(report, options);
        }
        if (count === 0) printNote("The server knows no client yet.", options);
      });
    });
  return addExamples(
    command,
    [`${PROGRAM} clients`, `${PROGRAM} clients Alford --json | jq -r .client`],
    "With auth it needs a token that may ask about all clients.",
  );
}
