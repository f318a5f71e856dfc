// `iamat`: says where a client is. Keeps HC5 and HC42.

import { Command, InvalidArgumentError } from "commander";
import { withHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import { asLocation, inProtocolForm } from "../terminal/location-argument.ts";
import { jsonOption, nearOption, quietOption, serverOption, tokenOption, urlOption } from "../terminal/options.ts";
import { printJson, printLine, printNote, type OutputOptions } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { asTime } from "../terminal/time-argument.ts";
import { timeKeyOf } from "../../core/protocol/time.ts";

type Options = HerdClientOptions & OutputOptions;

export function iamat(): Command {
  const command = new Command("iamat")
    .description("says where a client is, and prints the report that the server then holds")
    .usage("[options] <client> <location> [time]")
    .argument("<client>", "the client")
    .argument(
      "<location...>",
      "where it is, as ±lat±lon or as maps give it; then when it was there, in POSIX seconds or as ISO writes it; now by default",
    )
    .addOption(urlOption())
    .addOption(serverOption())
    .addOption(nearOption())
    .addOption(tokenOption())
    .addOption(jsonOption("the report"))
    .addOption(quietOption())
    .action(async (client: string, words: readonly string[], options: Options) => {
      const { location, time } = whereAndWhen(words);
      const said = await withHerd(options, `say where ${JSON.stringify(client)} is`, (herd) =>
        herd.iamat(client, location, { time }),
      );
      if (options.quiet) return;
      if (options.json) printJson(said);
      else printLine(said.line);
      if (time !== undefined && timeKeyOf(time) !== timeKeyOf(said.time))
        printNote("The server has a later report of this client: this one changed nothing.", options);
    });
  return addExamples(
    command,
    [
      `${PROGRAM} iamat kiwi +34.068930-118.445127`,
      `${PROGRAM} iamat kiwi 34.068930, -118.445127 2026-11-22T10:00:00Z`,
      `${PROGRAM} iamat kiwi -23.55-46.63 --server Powell`,
    ],
    `It prints the server that took the report, that server's clock minus the client's, and what the client sent:
  AT Alford +0.003000000 kiwi +34.068930-118.445127 1400794645.392014450`,
  );
}

/** What people paste may have white space in it: all words are the location, or all but the last, which is the time then. */
function whereAndWhen(words: readonly string[]): { readonly location: string; readonly time: string | undefined } {
  const isWhole = inProtocolForm(words.join(" ")) !== undefined;
  // A date and a time of day may be two words.
  for (const ofTime of isWhole || words.length === 1 ? [0] : [1, 2]) {
    const time = ofTime === 0 ? undefined : words.slice(-ofTime).join(" ");
    const location = words.slice(0, words.length - ofTime).join(" ");
    if (inProtocolForm(location) !== undefined)
      return { location: checked(asLocation, location), time: time && checked(asTime, time) };
  }
  return {
    location: checked(asLocation, words.slice(0, 1).join(" ")),
    time: checked(asTime, words.slice(1).join(" ")),
  };
}

/** The errors of arguments are those of commander. */
function checked(parse: (text: string) => string, text: string): string {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new CommandFailure(EXIT.usage, `Cannot take ${JSON.stringify(text)}. ${error.message}`, { cause: error });
  }
}
