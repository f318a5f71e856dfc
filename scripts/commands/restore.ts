// `restore`: brings the storage of a deployed server back to a time, under a new epoch (CU1).

import { Command } from "commander";
import { askAsOperator, tokenOption, type OperatorOptions } from "../operator-http.ts";
import { urlOption } from "../herd-http.ts";

export function restore(): Command {
  return new Command("restore")
    .description("brings a deployed server's storage back to a time of the last 30 days, under a new epoch")
    .argument("<name>", "the server")
    .requiredOption("--at <time>", "the time, such as 2026-11-22T10:00:00Z")
    .addOption(urlOption())
    .addOption(tokenOption())
    .action(async (name: string, { at, ...options }: OperatorOptions & { readonly at: string }) => {
      const path = `/servers/${encodeURIComponent(name)}/restore?at=${encodeURIComponent(at)}`;
      const { epoch } = await askAsOperator(path, options);
      console.log(
        `${name} goes on from ${at} under the epoch ${epoch}; what it lacks since then comes from its neighbours.`,
      );
    });
}
