// `new-epoch`: after other storage was put under a server, its numbering gets a new name, and all is told anew (CU1).

import { Command } from "commander";
import { askAsOperator, tokenOption, type OperatorOptions } from "../operator-http.ts";
import { urlOption } from "../herd-http.ts";

export function newEpoch(): Command {
  return new Command("new-epoch")
    .description("tells a server whose files were restored by hand to begin a new epoch: always do, once, right after")
    .argument("<name>", "the server")
    .addOption(urlOption())
    .addOption(tokenOption())
    .action(async (name: string, options: OperatorOptions) => {
      const { epoch } = await askAsOperator(`/servers/${encodeURIComponent(name)}/epoch`, options);
      console.log(
        `${name} has begun the epoch ${epoch}: it tells its neighbours everything, and they tell it what it lacks.`,
      );
    });
}
