// `watch`: the reports of a client, or of all, as a server takes them. Keeps HC7.

import { Command } from "commander";
import type { Herd } from "../../client/index.ts";
import { withHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { jsonOption, nearOption, serverOption, tokenOption, urlOption, wholeNumber } from "../terminal/options.ts";
import { printLine } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { untilInterrupted } from "../terminal/until-interrupted.ts";

interface Options extends HerdClientOptions {
  readonly count?: number;
  readonly json?: true;
}

export function watch(): Command {
  return new Command("watch")
    .description("prints where a client is, again whenever it moves, until Ctrl-C")
    .argument("<client>", "the client; '*' for all of them")
    .addOption(urlOption())
    .addOption(serverOption())
    .addOption(nearOption())
    .addOption(tokenOption())
    .option("--count <number>", "end after so many reports", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addOption(jsonOption("each report, one a line,"))
    .addHelpText(
      "after",
      `\nOf a client that is known, the report held comes first. A client that moves faster than it can be told of
(limits.watchPerSecond) is told of as it is then.

Examples:
  ${PROGRAM} watch kiwi
  ${PROGRAM} watch '*' --server Hamilton --json`,
    )
    .action(async (client: string, options: Options) => {
      const interrupted = untilInterrupted();
      const { count = Infinity, json } = options;
      await withHerd(options, `watch ${JSON.stringify(client)}`, async (herd) => {
        tellOfLosses(herd);
        let told = 0;
        try {
          for await (const report of herd.watch(client, { signal: interrupted })) {
            printLine(json ? JSON.stringify(report) : report.line);
            if (++told >= count) break;
          }
        } catch (error) {
          if (!interrupted.aborted) throw error;
        }
      });
    });
}

/** Between reports one could not tell a herd that is silent from one that is away. */
function tellOfLosses(herd: Herd): void {
  let isLost = false;
  herd.addEventListener("connection", ({ purpose, state, server = "the herd", reason }) => {
    if (purpose !== "watches") return;
    if (state === "waiting" && !isLost) console.error(`No connection to ${server}: ${reason}; trying again`);
    else if (state === "open" && isLost) console.error(`Connected to ${server} again`);
    if (state === "waiting") isLost = true;
    else if (state === "open") isLost = false;
  });
}
