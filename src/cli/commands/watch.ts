// `watch`: prints the reports of a client, or of all clients, as a server takes them. Keeps HC7.

import { Command } from "commander";
import type { Herd } from "../../client/index.ts";
import { withHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption, nearOption, serverOption, tokenOption, urlOption, wholeNumber } from "../terminal/options.ts";
import { printLine } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { untilInterrupted } from "../terminal/until-interrupted.ts";

interface Options extends HerdClientOptions {
  readonly count?: number;
  readonly json?: true;
}

export function watch(): Command {
  const command = new Command("watch")
    .description("prints where a client is, and each move, until Ctrl-C")
    .argument("<client>", "the client; '*' for all of them")
    .addOption(urlOption())
    .addOption(serverOption())
    .addOption(nearOption())
    .addOption(tokenOption())
    .option("--count <number>", "end after so many reports", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addOption(jsonOption("each report, one a line,"))
    .action(async (client: string, options: Options) => {
      const interrupted = untilInterrupted();
      const { count = Infinity, json } = options;
      await withHerd(options, `watch ${JSON.stringify(client)}`, async (herd) => {
        printLosses(herd);
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
  return addExamples(
    command,
    [`${PROGRAM} watch kiwi`, `${PROGRAM} watch '*' --server Hamilton --json`],
    `If the server knows the client, its report comes first. If a client moves more often than limits.watchPerSecond, some of its
reports are left out; the newest always comes.`,
  );
}

/** Says when the connection is lost and when it is back; otherwise an absent herd would look like a silent one. */
function printLosses(herd: Herd): void {
  let isLost = false;
  herd.addEventListener("connection", ({ purpose, state, server = "the herd", reason }) => {
    if (purpose !== "watches") return;
    if (state === "waiting" && !isLost) console.error(`No connection to ${server}: ${reason}; trying again`);
    else if (state === "open" && isLost) console.error(`Connected to ${server} again`);
    if (state === "waiting") isLost = true;
    else if (state === "open") isLost = false;
  });
}
