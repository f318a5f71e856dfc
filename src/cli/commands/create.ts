// `create`: makes servers exist, and prints the state of each. The paper's createservers. Keeps HC23.
//
// A Durable Object begins to exist with the first request to it, such as one for its status.

import { Command } from "commander";
import { CommandFailure, EXIT, type ExitCode } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption, quietOption, urlOption } from "../terminal/options.ts";
import { printJson } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { fetchHerd, fetchServer, fetchDataCentre } from "../net/herd-http.ts";
import type { ServerStatus } from "../../core/contract/status.ts";

interface Options {
  readonly url: string;
  readonly where?: true;
  readonly json?: true;
  readonly quiet?: true;
}

interface Created {
  readonly status: ServerStatus;
  /** Present if `--where` asked for it. */
  readonly where?: string | undefined;
}

type Outcome = Created | { readonly failed: string; readonly exitCode: ExitCode };

export function create(): Command {
  const command = new Command("create")
    .description("makes servers of the herd exist, and prints the state of each")
    .argument("[servers...]", "the servers; all of the herd by default")
    .addOption(urlOption())
    .option("--where", "print in which data centre each server runs; a deployed herd always prints it")
    .addOption(jsonOption("the state of each server"))
    .addOption(quietOption())
    .action(async (servers: readonly string[], options: Options) => {
      const { url, where = !isHere(url), json, quiet } = options;
      const names = servers.length > 0 ? servers : (await fetchHerd(url)).map(({ name }) => name);
      const outcomes = await Promise.all(names.map((name) => createServer(url, name, where)));
      if (json) for (const [index, outcome] of outcomes.entries()) printJson({ server: names[index], ...outcome });
      else if (!quiet)
        for (const [index, outcome] of outcomes.entries()) console.log(textOf(names[index] ?? "", outcome));
      const failures = outcomes.filter((outcome) => "failed" in outcome);
      if (quiet && !json) for (const { failed } of failures) console.error(failed);
      const [first] = failures;
      if (first !== undefined) process.exitCode = first.exitCode;
    });
  return addExamples(command, [`${PROGRAM} create --url https://places-herd.you.workers.dev`]);
}

async function createServer(url: string, name: string, isWhereAsked: boolean): Promise<Outcome> {
  try {
    const status = await fetchServer(url, name, `create ${JSON.stringify(name)}`);
    return isWhereAsked ? { status, where: await fetchDataCentre(url, name) } : { status };
  } catch (error) {
    if (error instanceof CommandFailure) return { failed: error.message, exitCode: error.exitCode };
    return { failed: error instanceof Error ? error.message : String(error), exitCode: EXIT.refused };
  }
}

function textOf(name: string, outcome: Outcome): string {
  if ("failed" in outcome) return `${name.padEnd(9)} failed: ${outcome.failed}`;
  const { isDrained, storage, clients, connections, starts, neighbours } = outcome.status;
  const behind = neighbours.filter(({ behindSinceMillis }) => behindSinceMillis !== null);
  const feeds =
    behind.length === 0 ? "no neighbour behind" : `behind: ${behind.map(({ neighbour }) => neighbour).join(", ")}`;
  const where = "where" in outcome ? whereText(outcome.where) : "";
  const state = isDrained ? "out of service" : storage === "has room" ? "up" : storage;
  return `${name.padEnd(9)} is ${state}${where}: ${clients} clients known, ${connections} connections, start ${starts}, ${feeds}`;
}

function whereText(where: string | undefined): string {
  return where === undefined ? ", data centre unknown" : ` in ${where}`;
}

/** A herd on this machine runs in no data centre. */
function isHere(url: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
}
