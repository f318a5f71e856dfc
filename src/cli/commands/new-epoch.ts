// `new-epoch`: a server whose storage was replaced by hand begins a new epoch, so that it and its neighbours compare everything (CU1).

import { Command } from "commander";
import { addExamples } from "../terminal/help-text.ts";
import { operatorTokenOption, urlOption } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { postForEpoch, type OperatorOptions } from "../net/operator-http.ts";

export function newEpoch(): Command {
  const command = new Command("new-epoch")
    .description(
      "lets a server whose files were restored by hand begin a new epoch: do it once, right after the restore",
    )
    .argument("<server>", "the server")
    .addOption(urlOption())
    .addOption(operatorTokenOption())
    .action(async (name: string, options: OperatorOptions) => {
      const epoch = await postForEpoch(
        `/servers/${encodeURIComponent(name)}/epoch`,
        options,
        `begin a new epoch of ${JSON.stringify(name)}`,
      );
      console.log(
        `${name} has begun the epoch ${epoch}: it sends its neighbours everything, and they send what it lacks.`,
      );
    });
  return addExamples(command, [`${PROGRAM} new-epoch Parker`]);
}
