// `connect`: sends the lines that are typed or piped, and prints the lines that come. Keeps HC6, HC28, HC40, HC41 and HC63.

import { Command } from "commander";
import { addressOf, asFailure, checkHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { LineSocket } from "../net/line-socket.ts";
import { lineAsJson } from "../prompt/line-as-json.ts";
import { pipeLines } from "../prompt/pipe-lines.ts";
import { promptForLines } from "../prompt/prompt-for-lines.ts";
import { addExamples } from "../terminal/help-text.ts";
import {
  clockOption,
  jsonOption,
  namedServer,
  nearOption,
  serverOption,
  tokenOption,
  urlOption,
} from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { LineConnection } from "../../client/index.ts";

interface Options extends HerdClientOptions {
  readonly history: boolean;
  readonly json?: true;
}

/** In place of a server's name: the nearest server. */
const NEAREST = "nearest";

export function connect(): Command {
  const command = new Command("connect")
    .description("a prompt for the lines of the protocol, which explains refusals and completes")
    .argument("[server]", `a server, or ${NEAREST}, which is the default`)
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(nearOption())
    .addOption(clockOption())
    .addOption(tokenOption())
    .option("--no-history", "do not read the lines of earlier sessions, and do not keep those of this one")
    .addOption(jsonOption("each line that comes"))
    .action(async (argument: string | undefined, { server: named, history, json, ...rest }: Options) => {
      const server = namedServer(argument, named);
      const options = { ...rest, ...(server !== undefined && server !== NEAREST && { server }) };
      await checkHerd(options, "connect");
      if (process.stdin.isTTY && process.stdout.isTTY && json !== true) await prompt(options, history);
      else await pipe(options, json === true);
    });
  return addExamples(
    command,
    [`${PROGRAM} connect Hamilton`, `echo 'WHATSAT kiwi 10 1' | ${PROGRAM} connect`],
    `The Tab key completes commands, clients that were named before, and the present time. Type help for the commands. Ctrl-D ends it.
If the input is not a terminal, its lines are sent as they are, and the command ends when the last one is answered.`,
  );
}

async function prompt(options: HerdClientOptions, isHistoryKept: boolean): Promise<void> {
  const connection = new LineConnection({ ...addressOf(options), unknown: "reject", reasons: true });
  try {
    await promptForLines(connection, { input: process.stdin, output: process.stdout, isHistoryKept });
  } catch (error) {
    throw asFailure(error, options);
  } finally {
    connection.close();
  }
}

async function pipe(options: HerdClientOptions, isJson: boolean): Promise<void> {
  const socket = await LineSocket.open(options);
  try {
    await pipeLines(socket, { input: process.stdin, output: process.stdout }, isJson ? lineAsJson : undefined);
  } finally {
    socket.close();
  }
}
