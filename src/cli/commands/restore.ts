// `restore`: brings the storage of a deployed server back to a time, under a new epoch (CU1).

import { Command } from "commander";
import { operatorTokenOption, urlOption } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { askAsOperator, type OperatorOptions } from "../net/operator-http.ts";

export function restore(): Command {
  return new Command("restore")
    .description("brings a deployed server's storage back to a time of the last 30 days, under a new epoch")
    .argument("<server>", "the server")
    .requiredOption("--at <time>", "the time, such as 2026-11-22T10:00:00Z")
    .addOption(urlOption())
    .addOption(operatorTokenOption())
    .addHelpText(
      "after",
      `\nExample:\n  ${PROGRAM} restore Parker --at 2026-11-22T10:00:00Z --url https://places-herd.you.workers.dev`,
    )
    .action(async (name: string, { at, ...options }: OperatorOptions & { readonly at: string }) => {
      const path = `/servers/${encodeURIComponent(name)}/restore?at=${encodeURIComponent(at)}`;
      const { epoch } = await askAsOperator(path, options, `restore ${JSON.stringify(name)}`);
      console.log(
        `${name} goes on from ${at} under the epoch ${epoch}; what it lacks since then comes from its neighbours.`,
      );
    });
}
