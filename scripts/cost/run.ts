// What a herd costs in a month: `npm run cost -- --clients 10000 --every 60`. Keeps CM1 to CM5 and CM7.

import { Command, InvalidArgumentError, Option } from "commander";
import { readHerdConfig } from "../../src/cli/net/herd-file.ts";
import { addExamples } from "../../src/cli/terminal/help-text.ts";
import { positiveNumber, wholeNumber } from "../../src/cli/terminal/options.ts";
import { printJson } from "../../src/cli/terminal/print.ts";
import { runTyped } from "../local/run-typed.ts";
import { assumptions, billText } from "./bill-text.ts";
import { HAS_COMMIT_DELAY, withCommitMillis } from "./commit-delay.ts";
import { costOf } from "./cost-report.ts";
import { configuredHerd, PAPER_SERVERS, SHAPES, shapedHerd, type Shape } from "./herd-shape.ts";
import { AS_OF, PRICES, SOURCE } from "./prices.ts";

interface Options {
  readonly clients: number;
  readonly every: number;
  readonly config: string;
  readonly servers?: number;
  readonly links?: Shape;
  readonly commitMillis?: number;
  readonly window?: number;
  readonly plan?: true;
  readonly json?: true;
}

const command = new Command("npm run cost --")
  .description(
    "Says what a herd costs on Cloudflare in a month. It counts rows, messages and time in a simulated herd, in some seconds.",
  )
  .option("--clients <number>", "clients of the whole herd", wholeNumber(1, 1_000_000_000), 10_000)
  .option("--every <seconds>", "each client reports so often", interval, 60)
  .option("--config <file>", "the herd: its servers, links and settings", "herd.config.json")
  .option("--servers <number>", "so many servers in place of the configured ones", wholeNumber(1, 50))
  .addOption(new Option("--links <shape>", `how those are linked; ring if only --servers is given`).choices(SHAPES))
  .addOption(
    new Option("--commit-millis <ms>", "so long a commit waits for others, in place of the configured time")
      .argParser(wholeNumber(0, 60_000))
      .hideHelp(!HAS_COMMIT_DELAY),
  )
  .option("--window <seconds>", "count for so long, however long that takes", positiveNumber)
  .option("--plan", "add the price of Cloudflare's paid plan, and take off what it includes")
  .option("--json", "print the result as JSON, and errors too")
  .action(async ({ clients, every, config: file, servers, links, commitMillis, window, plan, json }: Options) => {
    const { servers: configured, ...settings } = await readHerdConfig(file);
    const isShaped = servers !== undefined || links !== undefined;
    const herd = isShaped
      ? shapedHerd(servers ?? PAPER_SERVERS, links ?? "ring")
      : configuredHerd({ servers: configured });
    const delayed = commitMillis === undefined ? settings : withCommitMillis(settings, commitMillis);
    const load = { herd, settings: delayed, clients, everySeconds: every };
    const report = costOf(load, { windowSeconds: window, isWithPlan: plan ?? false });
    const notes = assumptions(report);
    if (json) {
      const { counted, counts, bill } = report;
      printJson({
        clients,
        everySeconds: every,
        ...herd,
        counted,
        counts,
        ...bill,
        prices: PRICES,
        asOf: AS_OF,
        source: SOURCE,
        notes,
      });
      return;
    }
    console.log(`${billText(report)}\n\n${notes.join("\n")}`);
  });

await runTyped(
  addExamples(command, [
    "npm run cost -- --clients 10000 --every 60",
    "npm run cost -- --clients 500 --every 5 --servers 8 --links star",
    "npm run --silent cost -- --clients 1000000 --json",
  ]),
);

/** Parses the time between two reports. The simulator's clock has milliseconds, and a month has 30 days. */
function interval(text: string): number {
  const seconds = positiveNumber(text);
  if (seconds >= 0.1 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError("Give seconds from 0.1 to 86400.");
}
