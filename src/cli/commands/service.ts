// `down`, and `up` with a name: an operator takes a server out of service, and brings it back.
//
// The token goes to the address that the operator gave and to no other: of a server of another deployment it is only said
// where that is. It is better kept in the environment, where no list of processes shows it. Keeps ED7.

import { Command } from "commander";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { operatorTokenOption, quietOption, urlOption } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { fetchHerdText, fetchServer, findServer } from "../net/herd-http.ts";

export interface ServiceOptions {
  readonly url: string;
  readonly token?: string;
  readonly quiet?: true;
}

export function down(): Command {
  return new Command("down")
    .description("takes a server out of service: its clients go elsewhere, it keeps what it holds")
    .argument("<server>", "the server")
    .addOption(urlOption())
    .addOption(operatorTokenOption())
    .addOption(quietOption())
    .addHelpText("after", `\nExample:\n  ${PROGRAM} down Alford     # and up Alford brings it back`)
    .action(async (name: string, options: ServiceOptions) => {
      await setService("down", name, options);
      const { clients, connections } = await fetchServer(options.url, name);
      tell(
        `${name} is out of service: ${clients} clients known, ${connections} connections left. Back: ${PROGRAM} up ${name}`,
        options,
      );
    });
}

export async function bringUp(name: string, options: ServiceOptions): Promise<void> {
  await setService("up", name, options);
  const { clients } = await fetchServer(options.url, name);
  tell(`${name} is in service: ${clients} clients known, and catching up.`, options);
}

async function setService(word: "down" | "up", name: string, { url, token }: ServiceOptions): Promise<void> {
  const server = await findServer(url, name, `take ${JSON.stringify(name)} ${word}`);
  const attempt = `take ${name} ${word}`;
  if (server.url !== undefined)
    throw new CommandFailure(
      EXIT.refused,
      `Cannot ${attempt} at ${url}: it runs at ${server.url}, so give --url ${server.url}`,
    );
  await fetchHerdText(new URL(`/servers/${name}/${word}`, url), { method: "POST", token, by: "operator", attempt });
}

function tell(text: string, { quiet }: ServiceOptions): void {
  if (quiet !== true) console.log(text);
}
