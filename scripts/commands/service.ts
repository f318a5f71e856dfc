// `down` and `up`: an operator takes a server out of service, and brings it back.
//
// The token goes to the address that the operator gave and to no other: of a server of another deployment it is only said
// where that is. It is better kept in the environment, where no list of processes shows it.

import { Command, Option } from "commander";
import { closestMatch } from "leven";
import { fetchHerd, fetchServer, urlOption } from "../herd-http.ts";

interface Options {
  readonly url: string;
  readonly token?: string;
}

export function down(): Command {
  return serviceCommand(
    "down",
    "takes a server out of service: its clients go elsewhere, it keeps what it holds",
    true,
  );
}

export function up(): Command {
  return serviceCommand("up", "brings a server back into service: it catches up by itself", false);
}

function serviceCommand(word: "down" | "up", description: string, isDown: boolean): Command {
  return new Command(word)
    .description(description)
    .argument("<name>", "the server")
    .addOption(urlOption())
    .addOption(new Option("--token <token>", "the operators' token").env("OPERATOR_TOKEN"))
    .action(async (name: string, options: Options) => {
      await setService(word, name, options);
      const { clients, connections } = await fetchServer(options.url, name);
      console.log(
        isDown
          ? `${name} is out of service: ${clients} clients known, ${connections} connections left. Back: npm run herd -- up ${name}`
          : `${name} is in service: ${clients} clients known, and catching up.`,
      );
    });
}

async function setService(word: "down" | "up", name: string, { url, token = "" }: Options): Promise<void> {
  const servers = await fetchHerd(url);
  const names = servers.map((server) => server.name);
  const server = servers.find((candidate) => candidate.name === name);
  if (server === undefined) throw new Error(unknownServer(word, name, names));
  if (server.url !== undefined)
    throw new Error(`Cannot take ${name} ${word} at ${url}: it runs at ${server.url}, so give --url ${server.url}`);
  const response = await fetch(new URL(`/servers/${name}/${word}`, url), {
    method: "POST",
    ...(token !== "" && { headers: { Authorization: `Bearer ${token}` } }),
  });
  const answer = await response.text();
  if (response.ok) return;
  if (response.status !== 401)
    throw new Error(`Cannot take ${name} ${word}: HTTP ${response.status}: ${answer.trim()}`);
  const what = token === "" ? "asks for the operators' token" : "does not take this token";
  throw new Error(
    `Cannot take ${name} ${word}: the herd ${what}: set OPERATOR_TOKEN, or give --token, as it is in the herd's own secrets`,
  );
}

function unknownServer(word: string, name: string, names: readonly string[]): string {
  // Upper and lower case are the likeliest mistake, and would count as one for each letter.
  const folded = closestMatch(
    name.toLowerCase(),
    names.map((known) => known.toLowerCase()),
    { maxDistance: 3 },
  );
  const meant = names.find((known) => known.toLowerCase() === folded);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return `Cannot take ${JSON.stringify(name)} ${word}: the herd's servers are ${names.join(", ")}.${hint}`;
}
