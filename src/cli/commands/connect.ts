// `connect`: lines typed in, lines of the herd's out. Keeps HC6.

import { Command } from "commander";
import { converse } from "../prompt/converse.ts";
import { addressOf, asFailure, checkHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { nearOption, serverOption, tokenOption, urlOption } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { LineConnection } from "../../client/index.ts";

interface Options extends HerdClientOptions {
  readonly history: boolean;
}

/** What leads to the nearest server, where a server's name may stand. */
const NEAREST = "nearest";

export function connect(): Command {
  return new Command("connect")
    .description("speaks with a server line by line, at a prompt with history and completion")
    .argument("[server]", `a server, or ${NEAREST}, which is the default`)
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(nearOption())
    .addOption(tokenOption())
    .option("--no-history", "neither read the lines of earlier sessions nor keep those of this one")
    .addHelpText(
      "after",
      `\nThe Tab key completes commands, the clients that were named, and the time that it is. Ctrl-D ends it.
Input that is no terminal is sent line by line, and it ends when the last one is answered.

Examples:
  ${PROGRAM} connect Hamilton
  echo 'WHATSAT kiwi 10 1' | ${PROGRAM} connect`,
    )
    .action(async (argument: string | undefined, { server: named, history, ...rest }: Options) => {
      const server = argument ?? named;
      const options = { ...rest, ...(server !== undefined && server !== NEAREST && { server }) };
      await checkHerd(options, "connect");
      const connection = new LineConnection({ ...addressOf(options), unknown: "reject" });
      try {
        await converse(connection, { input: process.stdin, output: process.stdout, isHistoryKept: history });
      } catch (error) {
        throw asFailure(error, options);
      } finally {
        connection.close();
      }
    });
}
