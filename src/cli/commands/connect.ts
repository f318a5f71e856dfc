// `connect`: sends the lines that are typed or piped, and prints the lines that come. Keeps HC6 and HC28.

import { Command } from "commander";
import { runLineSession } from "../prompt/line-session.ts";
import { addressOf, asFailure, checkHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { addExamples } from "../terminal/help-text.ts";
import { nearOption, serverOption, tokenOption, urlOption } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { LineConnection } from "../../client/index.ts";

interface Options extends HerdClientOptions {
  readonly history: boolean;
}

/** In place of a server's name: the nearest server. */
const NEAREST = "nearest";

export function connect(): Command {
  const command = new Command("connect")
    .description("a prompt for the lines of the protocol, with history and completion")
    .argument("[server]", `a server, or ${NEAREST}, which is the default`)
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(nearOption())
    .addOption(tokenOption())
    .option("--no-history", "do not read the lines of earlier sessions, and do not keep those of this one")
    .action(async (argument: string | undefined, { server: named, history, ...rest }: Options) => {
      const server = argument ?? named;
      const options = { ...rest, ...(server !== undefined && server !== NEAREST && { server }) };
      await checkHerd(options, "connect");
      const connection = new LineConnection({ ...addressOf(options), unknown: "reject" });
      try {
        await runLineSession(connection, { input: process.stdin, output: process.stdout, isHistoryKept: history });
      } catch (error) {
        throw asFailure(error, options);
      } finally {
        connection.close();
      }
    });
  return addExamples(
    command,
    [`${PROGRAM} connect Hamilton`, `echo 'WHATSAT kiwi 10 1' | ${PROGRAM} connect`],
    `The Tab key completes commands, clients that were named before, and the present time. Ctrl-D ends it.
If the input is not a terminal, its lines are sent, and the command ends when the last one is answered.`,
  );
}
