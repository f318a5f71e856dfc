// `logs`: prints the log entries that servers keep, for people or as JSON, and with `--follow` the new ones. Keeps HC31 and HC32.

import { styleText } from "node:util";
import { Command } from "commander";
import { addExamples } from "../terminal/help-text.ts";
import {
  jsonOption,
  namedServer,
  operatorTokenOption,
  serverOption,
  urlOption,
  wholeNumber,
} from "../terminal/options.ts";
import { printLine, printNote } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { asSince } from "../terminal/time-argument.ts";
import { untilInterrupted } from "../terminal/until-interrupted.ts";
import { fetchHerd, findServer } from "../net/herd-http.ts";
import { operatorTokenFor } from "../net/local-operator.ts";
import { formatLogEntry, parseLogLine } from "../terminal/log-line.ts";
import { fetchLog, followLog, LogPosition } from "../net/server-log.ts";
import { serverColour } from "../terminal/server-colour.ts";

interface Options {
  readonly url: string;
  readonly server?: string;
  readonly token?: string;
  readonly follow?: true;
  readonly lines: number;
  readonly since?: string;
  readonly json?: true;
}

export function logs(): Command {
  const command = new Command("logs")
    .description("prints the last log entries of a server, or of all")
    .argument("[server]", "the server; by default all that run at this address")
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(operatorTokenOption())
    .option("-f, --follow", "continue with new entries, until Ctrl-C")
    .option("-n, --lines <count>", "begin with this many entries of each server", wholeNumber(0, 1_000_000), 20)
    .option(
      "--since <time>",
      "begin with the entries of this time, or of this long ago such as 10m, in place of --lines",
      asSince,
    )
    .addOption(jsonOption("each entry"))
    .action(async (argument: string | undefined, options: Options) => {
      const { url, follow, since: from, lines } = options;
      const token = await operatorTokenFor(url, options.token);
      const named = namedServer(argument, options.server);
      const servers =
        named === undefined ? await fetchHerd(url) : [await findServer(url, named, `read the log of "${named}"`)];
      const names = servers.map(({ name }) => name);
      const sources = servers
        .filter((server) => named !== undefined || server.url === undefined)
        .map(({ name: server }) => ({ url, server, token }));
      const show = printerOf(names, options.json === true);
      const kept = await Promise.all(sources.map((source) => fetchLog(source, from)));
      const begins = kept.map((entries) =>
        from === undefined && entries.length > lines ? entries.slice(entries.length - lines) : entries,
      );
      // Each entry begins with its time, so the order of texts is the order of times.
      for (const line of begins.flat().toSorted()) show(line);
      if (follow !== true) return;
      const interrupted = untilInterrupted();
      const following = sources.map(async (source, index) => {
        const onLost = (reason: string) =>
          printNote(`${source.server}: the log was lost: ${reason}; trying again`, {
            ...(options.json && { json: true }),
          });
        await followLog(source, positionAfter(kept[index] ?? []), show, onLost, interrupted);
      });
      await Promise.all(following);
    });
  return addExamples(
    command,
    [`${PROGRAM} logs Alford --follow`, `${PROGRAM} logs --since 10m --json | jq 'select(.event == "refused")'`],
    `A server keeps its last entries in memory (limits.logEntries), and loses them when it starts again. A herd on this machine
also writes all of them to log files.`,
  );
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
