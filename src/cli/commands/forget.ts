// `forget`: has every server forget where clients were. Keeps HC70.

import { Command } from "commander";
import { withHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { printForgotten } from "../net/print-report.ts";
import { EXIT } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption, nearOption, quietOption, serverOption, tokenOption, urlOption } from "../terminal/options.ts";
import type { OutputOptions } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";

type Options = HerdClientOptions & OutputOptions;

export function forget(): Command {
  const command = new Command("forget")
    .description("has all servers forget where clients were")
    .argument("<clients...>", "the clients; one that the herd does not know is forgotten too")
    .addOption(urlOption())
    .addOption(serverOption())
    .addOption(nearOption())
    .addOption(tokenOption())
    .addOption(jsonOption("each client that is forgotten"))
    .addOption(quietOption())
    .action(async (clients: readonly string[], options: Options) => {
      const names = clients.map((client) => JSON.stringify(client)).join(", ");
      await withHerd(options, `forget ${names}`, async (herd) => {
        // One after the other: if one is refused, what was printed is what was forgotten.
        for (const client of clients) {
          const forgotten = await herd.forget(client);
          if (!options.quiet) printForgotten(forgotten, options);
        }
      });
    });
  return addExamples(
    command,
    [`${PROGRAM} forget kiwi`, `${PROGRAM} forget kiwi emu --server Hamilton --json`],
    `It prints when each client was forgotten, by the clock of the server, once that server has stored it:
  FORGOT kiwi 1400794699.108000000
The other servers are told by it. The first client that is refused ends the command with ${EXIT.refused}; those printed before are forgotten.`,
  );
}
