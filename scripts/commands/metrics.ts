// `metrics`: the herd's numbers as a monitoring system scrapes them.

import { Command } from "commander";
import { fetchHerdText, urlOption } from "../herd-http.ts";

export function metrics(): Command {
  return new Command("metrics")
    .description("prints the herd's numbers, in Prometheus' text format")
    .addOption(urlOption())
    .action(async ({ url }: { readonly url: string }) => {
      process.stdout.write(await fetchHerdText(new URL("/metrics", url)));
    });
}
