// The file herd.config.json: read, checked, and reduced to the servers that one process hosts (HD3).

import { readFile } from "node:fs/promises";
import { closestName, hintAt } from "../terminal/closest-name.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { parseHerdConfig, type HerdConfig, type ServerConfig } from "../../core/config/herd-config.ts";

/** Reads and checks a herd's configuration. Throws an error that says what to change. */
export async function readHerdConfig(file: string): Promise<HerdConfig> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Error(`Cannot read the herd's configuration ${file}: ${messageOf(error)}`, { cause: error });
  });
  return parseHerdConfig(parseJson(file, text), { file, closest: closestName });
}

/** The servers that run in this deployment: those without a `url`. */
export function hostedServers({ servers }: HerdConfig): ServerConfig[] {
  return servers.filter(({ url }) => url === undefined);
}

/** The ports on which this deployment takes TCP line connections. */
export function hostedTcpPorts(config: HerdConfig): number[] {
  return hostedServers(config).flatMap(({ tcpPort }) => tcpPort ?? []);
}

/** The same herd, as a process that hosts only these servers sees it. Throws if another server has no `url`. */
export function hostOnly(config: HerdConfig, names: readonly string[]): HerdConfig {
  const known = config.servers.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new CommandFailure(
      EXIT.usage,
      `Cannot host ${unknown.join(", ")}: the herd's servers are ${known.join(", ")}.${unknown.map((name) => hintAt(name, known)).join("")}`,
    );
  const unreachable = config.servers.filter(({ name, url }) => !names.includes(name) && url === undefined);
  if (unreachable.length > 0)
    throw new Error(
      `Cannot leave out ${unreachable.map(({ name }) => name).join(", ")}: ` +
        "a server that runs elsewhere needs its url in the herd's configuration",
    );
  const servers = config.servers.map(({ url, ...server }) =>
    names.includes(server.name) || url === undefined ? server : { ...server, url },
  );
  return { ...config, servers };
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot read ${file} as JSON: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
