// `new-epoch`: after other storage was put under a server, its numbering gets a new name, and all is told anew (CU1).

import { Command } from "commander";
import { operatorTokenOption, urlOption } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { askAsOperator, type OperatorOptions } from "../net/operator-http.ts";

export function newEpoch(): Command {
  return new Command("new-epoch")
    .description("tells a server whose files were restored by hand to begin a new epoch: always do, once, right after")
    .argument("<server>", "the server")
    .addOption(urlOption())
    .addOption(operatorTokenOption())
    .addHelpText("after", `\nExample:\n  ${PROGRAM} new-epoch Parker`)
    .action(async (name: string, options: OperatorOptions) => {
      const { epoch } = await askAsOperator(
        `/servers/${encodeURIComponent(name)}/epoch`,
        options,
        `begin an epoch of ${JSON.stringify(name)}`,
      );
      console.log(
        `${name} has begun the epoch ${epoch}: it tells its neighbours everything, and they tell it what it lacks.`,
      );
    });
}
