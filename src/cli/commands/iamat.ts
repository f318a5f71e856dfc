// `iamat`: says where a client is. Keeps HC5, HC42, HC62 and HC63.

import { Command, InvalidArgumentError } from "commander";
import { withHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import { asLocation, inProtocolForm } from "../terminal/location-argument.ts";
import {
  clockOption,
  jsonOption,
  nearOption,
  quietOption,
  serverOption,
  tokenOption,
  urlOption,
} from "../terminal/options.ts";
import { printJson, printLine, printNote, type OutputOptions } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { asReportTime } from "../terminal/time-argument.ts";
import type { ClientReport } from "../../client/index.ts";
import type { ClockPolicy } from "../../core/protocol/connection.ts";
import { fieldsOf } from "../../core/protocol/line.ts";
import { NOW } from "../../core/protocol/stamp.ts";
import { timeKeyOf } from "../../core/protocol/time.ts";

type Options = HerdClientOptions & OutputOptions;

export function iamat(): Command {
  const command = new Command("iamat")
    .description("says where a client is, and prints the report that the server then holds")
    .usage("[options] <client> <location> [time]")
    .argument("<client>", "the client")
    .argument(
      "<location...>",
      "where it is, as ±lat±lon or as maps give it; then when it was there, in POSIX seconds as ISO writes it, or as now, which is the server's time; this machine's time by default",
    )
    .addOption(urlOption())
    .addOption(serverOption())
    .addOption(nearOption())
    .addOption(clockOption())
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
      const note = time === undefined ? undefined : noteOn(said, location, time, options.clock);
      if (note !== undefined) printNote(note, options);
    });
  return addExamples(
    command,
    [
      `${PROGRAM} iamat kiwi +34.068930-118.445127`,
      `${PROGRAM} iamat kiwi 34.068930, -118.445127 2026-11-22T10:00:00Z`,
      `${PROGRAM} iamat kiwi -23.55-46.63 now --server Powell`,
    ],
    `It prints the server that took the report, that server's clock minus the client's, and what the client sent:
  AT Alford +0.003000000 kiwi +34.068930-118.445127 1400794645.392014450`,
  );
}

/** What the server made of a report, if it is not what was said. */
function noteOn(
  { line, time: held }: ClientReport,
  location: string,
  time: string,
  clock: ClockPolicy | undefined,
): string | undefined {
  if (time !== NOW && timeKeyOf(time) === timeKeyOf(held)) return undefined;
  const isThisReport = fieldsOf(line)[4] === location;
  if (isThisReport && time === NOW) return undefined;
  return isThisReport && clock === "server"
    ? "The server gave the report its own time: the one that was given is far off."
    : "The server has a later report of this client: this one changed nothing.";
}

/** What people paste may have white space in it: all words are the location, or all but the last, which is the time then. */
function whereAndWhen(words: readonly string[]): { readonly location: string; readonly time: string | undefined } {
  const isWhole = inProtocolForm(words.join(" ")) !== undefined;
  // A date and a time of day may be two words.
  for (const ofTime of isWhole || words.length === 1 ? [0] : [1, 2]) {
    const time = ofTime === 0 ? undefined : words.slice(-ofTime).join(" ");
    const location = words.slice(0, words.length - ofTime).join(" ");
    if (inProtocolForm(location) !== undefined)
      return { location: checked(asLocation, location), time: time && checked(asReportTime, time) };
  }
  return {
    location: checked(asLocation, words.slice(0, 1).join(" ")),
    time: checked(asReportTime, words.slice(1).join(" ")),
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
