// `iamat`: says where a client is. Keeps HC5.

import { Command, InvalidArgumentError } from "commander";
import { withHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { addExamples } from "../terminal/help-text.ts";
import {
  asLocation,
  jsonOption,
  nearOption,
  quietOption,
  serverOption,
  tokenOption,
  urlOption,
} from "../terminal/options.ts";
import { printLine } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { timeKeyOf } from "../../core/protocol/time.ts";

interface Options extends HerdClientOptions {
  readonly json?: true;
  readonly quiet?: true;
}

export function iamat(): Command {
  const command = new Command("iamat")
    .description("says where a client is, and prints the report that the server then holds")
    .argument("<client>", "the client")
    .argument("<location>", "where it is: ±lat±lon in degrees, such as +34.07-118.45", asLocation)
    .argument("[time]", "when it was there, in POSIX seconds; now by default", asTime)
    .addOption(urlOption())
    .addOption(serverOption())
    .addOption(nearOption())
    .addOption(tokenOption())
    .addOption(jsonOption("the report"))
    .addOption(quietOption())
    .action(async (client: string, location: string, time: string | undefined, options: Options) => {
      const said = await withHerd(options, `say where ${JSON.stringify(client)} is`, (herd) =>
        herd.iamat(client, location, { time }),
      );
      const { quiet, json } = options;
      if (quiet) return;
      printLine(json ? JSON.stringify(said) : said.line);
      if (time !== undefined && timeKeyOf(time) !== timeKeyOf(said.time))
        console.error("The server has a later report of this client: this one changed nothing.");
    });
  return addExamples(
    command,
    [`${PROGRAM} iamat kiwi +34.068930-118.445127`, `${PROGRAM} iamat kiwi -23.55-46.63 --server Powell`],
    `It prints the server that took the report, that server's clock minus the client's, and what the client sent:
  AT Alford +0.003000000 kiwi +34.068930-118.445127 1400794645.392014450`,
  );
}

function asTime(text: string): string {
  if (timeKeyOf(text) === undefined)
    throw new InvalidArgumentError("Give POSIX seconds with at most nine decimals, such as 1400794645.392014450.");
  return text;
}
