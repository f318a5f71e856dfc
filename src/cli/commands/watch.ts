// `watch`: prints the reports of a client, or of all clients, as a server takes them. Keeps HC7, HC64, HC65 and HC71.

import { setImmediate } from "node:timers/promises";
import { Command } from "commander";
import type { Herd } from "../../client/index.ts";
import { withHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { printForgotten, printReport, printSilence } from "../net/print-report.ts";
import { addExamples } from "../terminal/help-text.ts";
import {
  jsonOption,
  nearOption,
  quietOption,
  serverOption,
  tokenOption,
  urlOption,
  wholeNumber,
} from "../terminal/options.ts";
import { printNote, type OutputOptions } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { untilInterrupted } from "../terminal/until-interrupted.ts";

interface Options extends HerdClientOptions, OutputOptions {
  readonly count?: number;
  readonly silent?: number;
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
    .option(
      "--silent <seconds>",
      "also print when the client has reported nothing for so long",
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .addOption(jsonOption("each report"))
    .addOption(quietOption())
    .action(async (client: string, options: Options) => {
      const interrupted = untilInterrupted();
      const { count = Infinity, silent: silentSeconds } = options;
      await withHerd(options, `watch ${JSON.stringify(client)}`, async (herd) => {
        printLosses(herd, options);
        let told = 0;
        try {
          const given = { signal: interrupted, forgotten: true } as const;
          const watched =
            silentSeconds === undefined ? herd.watch(client, given) : herd.watch(client, { ...given, silentSeconds });
          const isHeard = () => told > 0;
          void watched.begun.then(
            () => sayIfNobody(client, isHeard, options),
            () => undefined,
          );
          for await (const item of watched) {
            if ("silentSeconds" in item) printSilence(item, options);
            else if ("forgotTime" in item) printForgotten(item, options);
            else {
              printReport(item, options);
              if (++told >= count) break;
            }
          }
        } catch (error) {
          if (!interrupted.aborted) throw error;
        }
      });
    });
  return addExamples(
    command,
    [`${PROGRAM} watch kiwi`, `${PROGRAM} watch kiwi --silent 60`, `${PROGRAM} watch '*' --server Hamilton --json`],
    `If the server knows the client, its report comes first. If a client moves more often than limits.watchPerSecond, some of its
reports are left out; the newest always comes. A FORGOT line says that the client was forgotten, and when.`,
  );
}

/** The answer to a WATCH has the report that the server holds. Without one, nothing comes until somebody reports. */
async function sayIfNobody(client: string, isHeard: () => boolean, options: OutputOptions): Promise<void> {
  // The report, if there is one, is in the message that told the beginning.
  await setImmediate();
  if (client === "*") printNote("Watching all clients: each report is printed as it comes.", options);
  else if (!isHeard())
    printNote(`The server has no report of ${JSON.stringify(client)} yet: the first one will be printed.`, options);
}

/** Says when the connection is lost and when it is back; otherwise an absent herd would look like a silent one. */
function printLosses(herd: Herd, options: OutputOptions): void {
  let isLost = false;
  herd.addEventListener("connection", ({ purpose, state, server = "the herd", reason }) => {
    if (purpose !== "watches") return;
    if (state === "waiting" && !isLost) printNote(`No connection to ${server}: ${reason}; trying again`, options);
    else if (state === "open" && isLost) printNote(`Connected to ${server} again`, options);
    if (state === "waiting") isLost = true;
    else if (state === "open") isLost = false;
  });
}
