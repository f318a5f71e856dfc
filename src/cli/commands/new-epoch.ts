// `new-epoch`: a server whose storage was replaced by hand begins a new epoch, so that it and its neighbours compare everything (CU1).

import { Command } from "commander";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption, operatorTokenOption, requiredServer, serverOption, urlOption } from "../terminal/options.ts";
import { printJson } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { postForEpoch, type OperatorOptions } from "../net/operator-http.ts";

interface Options extends OperatorOptions {
  readonly server?: string;
  readonly json?: true;
}

export function newEpoch(): Command {
  const command = new Command("new-epoch")
    .description(
      "lets a server whose files were restored by hand begin a new epoch: do it once, right after the restore",
    )
    .argument("[server]", "the server")
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(operatorTokenOption())
    .addOption(jsonOption("the epoch"))
    .action(async (argument: string | undefined, options: Options) => {
      const name = requiredServer("new-epoch", argument, options.server);
      const epoch = await postForEpoch(
        `/servers/${encodeURIComponent(name)}/epoch`,
        options,
        `begin a new epoch of ${JSON.stringify(name)}`,
      );
      if (options.json) return printJson({ server: name, epoch });
      console.log(
        `${name} has begun the epoch ${epoch}: it sends its neighbours everything, and they send what it lacks.`,
      );
    });
  return addExamples(command, [`${PROGRAM} new-epoch Parker`]);
}
