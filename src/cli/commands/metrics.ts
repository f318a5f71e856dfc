// `metrics`: the herd's numbers as a monitoring system scrapes them.

import { Command } from "commander";
import { addExamples } from "../terminal/help-text.ts";
import { urlOption } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { fetchHerdText } from "../net/herd-http.ts";

export function metrics(): Command {
  const command = new Command("metrics")
    .description("prints the herd's numbers, in Prometheus' text format")
    .addOption(urlOption())
    .action(async ({ url }: { readonly url: string }) => {
      process.stdout.write(await fetchHerdText(new URL("/metrics", url)));
    });
  return addExamples(command, [`${PROGRAM} metrics | grep herd_feed_behind_seconds`]);
}
