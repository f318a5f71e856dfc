// `restore`: sets the storage of a deployed server back to an earlier time, under a new epoch (CU1).

import { Command } from "commander";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption, operatorTokenOption, requiredServer, serverOption, urlOption } from "../terminal/options.ts";
import { printJson } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { asIsoTime } from "../terminal/time-argument.ts";
import { postForEpoch, type OperatorOptions } from "../net/operator-http.ts";

interface Options extends OperatorOptions {
  readonly at: string;
  readonly server?: string;
  readonly json?: true;
}

export function restore(): Command {
  const command = new Command("restore")
    .description("sets a deployed server's storage back to a time in the last 30 days, under a new epoch")
    .argument("[server]", "the server")
    .requiredOption("--at <time>", "the time, such as 2026-11-22T10:00:00Z", asIsoTime)
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(operatorTokenOption())
    .addOption(jsonOption("the epoch"))
    .action(async (argument: string | undefined, { at, json, server, ...options }: Options) => {
      const name = requiredServer("restore", argument, server);
      const path = `/servers/${encodeURIComponent(name)}/restore?at=${encodeURIComponent(at)}`;
      const epoch = await postForEpoch(path, options, `restore ${JSON.stringify(name)}`);
      if (json) return printJson({ server: name, at, epoch });
      console.log(
        `${name} continues from ${at} under the epoch ${epoch}; its neighbours send what it lacks since then.`,
      );
    });
  return addExamples(command, [
    `${PROGRAM} restore Parker --at 2026-11-22T10:00:00Z --url https://places-herd.you.workers.dev`,
  ]);
}
