// `logs`: what servers have logged, for people or as it is, and with `--follow` what they log from then on. Keeps HC8.

import { styleText } from "node:util";
import { Command } from "commander";
import {
  asSeconds,
  jsonOption,
  operatorTokenOption,
  serverOption,
  urlOption,
  wholeNumber,
} from "../terminal/options.ts";
import { printLine } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { untilInterrupted } from "../terminal/until-interrupted.ts";
import { fetchHerd, findServer } from "../net/herd-http.ts";
import { formatLogEntry, parseLogLine } from "../terminal/log-line.ts";
import { fetchLog, followLog, LogPosition } from "../net/server-log.ts";
import { serverColour } from "../terminal/server-colour.ts";

interface Options {
  readonly url: string;
  readonly server?: string;
  readonly token?: string;
  readonly follow?: true;
  readonly lines: number;
  readonly since?: number;
  readonly json?: true;
}

export function logs(): Command {
  const command = new Command("logs")
    .description("prints what a server has logged, or all of them")
    .argument("[server]", "the server; all that run at this address by default")
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(operatorTokenOption())
    .option("-f, --follow", "go on with what is logged from now on, until Ctrl-C")
    .option("-n, --lines <count>", "begin with so many entries of each server", wholeNumber(0, 1_000_000), 20)
    .option(
      "--since <time>",
      "begin with the entries of that long ago, such as 10m, in place of a number of them",
      asSeconds,
    )
    .addOption(jsonOption("each entry, as it is,"))
    .addHelpText(
      "after",
      `\nA server keeps the last of its entries in memory (limits.logEntries), and none of a life before. Run on this
machine, a herd has them all in log files.

Examples:
  ${PROGRAM} logs Alford --follow
  ${PROGRAM} logs --since 10m --json | jq 'select(.event == "refused")'`,
    )
    .action(async (argument: string | undefined, options: Options) => {
      const { url, token, follow, since, lines } = options;
      const named = argument ?? options.server;
      const servers =
        named === undefined ? await fetchHerd(url) : [await findServer(url, named, `read the log of "${named}"`)];
      const names = servers.map(({ name }) => name);
      const sources = servers
        .filter((server) => named !== undefined || server.url === undefined)
        .map(({ name: server }) => ({ url, server, token }));
      const from = since === undefined ? undefined : new Date(Date.now() - since * 1000).toISOString();
      const show = printerOf(names, options.json === true);
      const kept = await Promise.all(sources.map((source) => fetchLog(source, from)));
      const begins = kept.map((entries) =>
        from === undefined && entries.length > lines ? entries.slice(entries.length - lines) : entries,
      );
      // Each begins with its time, so as texts they sort as they happened.
      for (const line of begins.flat().toSorted()) show(line);
      if (follow !== true) return;
      const interrupted = untilInterrupted();
      const following = sources.map(async (source, index) => {
        const onLost = (reason: string) => console.error(`${source.server}: the log was lost: ${reason}; trying again`);
        await followLog(source, positionAfter(kept[index] ?? []), show, onLost, interrupted);
      });
      await Promise.all(following);
    });
  return command;
}

function positionAfter(entries: readonly string[]): LogPosition {
  const position = new LogPosition(new Date(0).toISOString());
  for (const line of entries) position.take(line);
  return position;
}

function printerOf(names: readonly string[], isJson: boolean): (line: string) => void {
  if (isJson) return printLine;
  return (line) => {
    const entry = parseLogLine(line);
    if (entry === undefined) return printLine(line);
    const colour = serverColour(names, entry.server);
    console.log(formatLogEntry(entry, (text) => styleText(colour, text, { stream: process.stdout })));
  };
}
