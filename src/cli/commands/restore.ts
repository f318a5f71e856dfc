// `restore`: sets the storage of a deployed server back to an earlier time, under a new epoch (CU1).

import { Command } from "commander";
import { addExamples } from "../terminal/help-text.ts";
import { operatorTokenOption, urlOption } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { postForEpoch, type OperatorOptions } from "../net/operator-http.ts";

export function restore(): Command {
  const command = new Command("restore")
    .description("sets a deployed server's storage back to a time in the last 30 days, under a new epoch")
    .argument("<server>", "the server")
    .requiredOption("--at <time>", "the time, such as 2026-11-22T10:00:00Z")
    .addOption(urlOption())
    .addOption(operatorTokenOption())
    .action(async (name: string, { at, ...options }: OperatorOptions & { readonly at: string }) => {
      const path = `/servers/${encodeURIComponent(name)}/restore?at=${encodeURIComponent(at)}`;
      const epoch = await postForEpoch(path, options, `restore ${JSON.stringify(name)}`);
      console.log(
        `${name} continues from ${at} under the epoch ${epoch}; its neighbours send what it lacks since then.`,
      );
    });
  return addExamples(command, [
    `${PROGRAM} restore Parker --at 2026-11-22T10:00:00Z --url https://places-herd.you.workers.dev`,
  ]);
}
