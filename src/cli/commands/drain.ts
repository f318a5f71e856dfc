// `drain` and `resume`: an operator takes a server out of service, and brings it back. `down` and `up NAME` are their earlier names.
//
// The token goes to the address that the operator gave and to no other. If the server runs in another deployment, the error says
// where. The token is better kept in the environment, where no list of processes shows it. Keeps ED7 and HC22.

import { Command } from "commander";
import { fetchServer, findServer } from "../net/herd-http.ts";
import { postAsOperator, type OperatorOptions } from "../net/operator-http.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import {
  jsonOption,
  operatorTokenOption,
  quietOption,
  requiredServer,
  serverOption,
  urlOption,
} from "../terminal/options.ts";
import { printJson, printNote, type OutputOptions } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";

export interface ServiceOptions extends OperatorOptions, OutputOptions {
  readonly server?: string;
}

/** Also the last part of the address that the change is POSTed to. */
type Verb = "drain" | "resume";

export function drain(): Command {
  const command = serviceCommand("drain")
    .alias("down")
    .description("takes a server out of service: its clients go to other servers, and it keeps its reports")
    .action(async (argument: string | undefined, options: ServiceOptions, { parent }: Command) => {
      if (parent?.args[0] === "down") printNote("`down` is called `drain` now.", options);
      const name = requiredServer("drain", argument, options.server);
      await change("drain", name, options);
      const { clients, connections } = await fetchServer(options.url, name);
      if (options.json) return printJson({ server: name, isDrained: true, clients, connections });
      const counts = `${clients} clients known, ${connections} connections left`;
      print(`${name} is out of service: ${counts}. \`${PROGRAM} resume ${name}\` brings it back.`, options);
    });
  return addExamples(command, [`${PROGRAM} drain Alford`]);
}

export function resume(): Command {
  const command = serviceCommand("resume")
    .description("brings a drained server back into service: it catches up by itself")
    .action(async (argument: string | undefined, options: ServiceOptions) =>
      resumeServer(requiredServer("resume", argument, options.server), options),
    );
  return addExamples(command, [`${PROGRAM} resume Alford`]);
}

/** Also what `up NAME` does. */
export async function resumeServer(name: string, options: ServiceOptions): Promise<void> {
  await change("resume", name, options);
  const { clients, connections } = await fetchServer(options.url, name);
  if (options.json) return printJson({ server: name, isDrained: false, clients, connections });
  print(`${name} is in service: ${clients} clients known, and catching up.`, options);
}

function serviceCommand(verb: Verb): Command {
  return new Command(verb)
    .argument("[server]", "the server")
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(operatorTokenOption())
    .addOption(jsonOption("the server's state"))
    .addOption(quietOption());
}

async function change(verb: Verb, name: string, options: ServiceOptions): Promise<void> {
  const attempt = `${verb} ${JSON.stringify(name)}`;
  const { url: elsewhere } = await findServer(options.url, name, attempt);
  if (elsewhere !== undefined)
    throw new CommandFailure(
      EXIT.refused,
      `Cannot ${attempt} at ${options.url}: it runs at ${elsewhere}, so give --url ${elsewhere}`,
    );
  await postAsOperator(`/servers/${encodeURIComponent(name)}/${verb}`, options, attempt);
}

function print(text: string, { quiet }: ServiceOptions): void {
  if (quiet !== true) console.log(text);
}
