// `gateway`: TCP ports on this machine for a herd that is deployed. Keeps HC10.

import { Command } from "commander";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { quietOption, serverOption, tokenOption, urlOption, wholeNumber } from "../terminal/options.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { pause, untilInterrupted } from "../terminal/until-interrupted.ts";
import { Gateway } from "../gateway/gateway.ts";
import { checkClientToken, fetchHerd, findServer, type ListedServer } from "../net/herd-http.ts";

interface Options {
  readonly url: string;
  readonly server?: string;
  readonly token?: string;
  readonly host: string;
  readonly firstPort?: number;
  readonly closeAfterAnswer?: true;
  readonly quiet?: true;
}

interface Door {
  readonly server: string;
  readonly port: number;
}

export function gateway(): Command {
  return new Command("gateway")
    .description("takes TCP line connections on this machine, and carries them to a deployed herd")
    .addOption(urlOption())
    .addOption(serverOption("a port for this server alone"))
    .addOption(tokenOption())
    .option("--host <address>", "the address of this machine at which to listen; 0.0.0.0 for all", "localhost")
    .option(
      "--first-port <port>",
      "ports from this one on, a server each, in place of the herd's own",
      wholeNumber(1, 65_535),
    )
    .option(
      "--close-after-answer",
      "close a connection when all that was asked is answered, for clients that read to its end",
    )
    .addOption(quietOption())
    .addHelpText(
      "after",
      `\nWhoever reaches its ports speaks with the gateway's token: let only those listen in that may use it.

Examples:
  ${PROGRAM} gateway --url https://places-herd.you.workers.dev
  ${PROGRAM} gateway --url https://places-herd.you.workers.dev --server Alford --first-port 12500 --close-after-answer`,
    )
    .action(async (options: Options) => {
      const { url, server, token, host, firstPort, closeAfterAnswer = false, quiet } = options;
      const servers =
        server === undefined ? await fetchHerd(url) : [await findServer(url, server, `carry to "${server}"`)];
      const doors = doorsOf(servers, url, firstPort);
      for (const { server: name } of doors.slice(0, 1)) await checkClientToken(url, name, token);
      const interrupted = untilInterrupted();
      const gateways: Gateway[] = [];
      try {
        for (const { server: name, port } of doors) {
          const address = new URL(`/servers/${encodeURIComponent(name)}`, url);
          const isClosedAfterAnswer = closeAfterAnswer;
          const settings = { address, token, host, port, isClosedAfterAnswer, onTrouble: console.error };
          gateways.push(
            await Gateway.open(settings).catch((error: unknown) => {
              throw cannotListen(host, port, error);
            }),
          );
          if (!quiet) console.log(`${name.padEnd(9)} ${host}:${port} -> ${address.href}`);
        }
        if (!quiet) console.log("Ctrl-C ends it.");
        while (!interrupted.aborted) await pause(2 ** 30, interrupted);
      } finally {
        for (const each of gateways) each.close();
      }
    });
}

function doorsOf(servers: readonly ListedServer[], url: string, firstPort: number | undefined): Door[] {
  const hosted = servers.filter((server) => server.url === undefined);
  const doors = hosted.flatMap(({ name: server, tcpPort }, index) => {
    const port = firstPort === undefined ? tcpPort : firstPort + index;
    return port === undefined ? [] : [{ server, port }];
  });
  if (doors.length > 0) return doors;
  const elsewhere = servers.find((server) => server.url !== undefined);
  const advice =
    elsewhere === undefined
      ? "no server has a tcpPort in herd.config.json: give --first-port"
      : `${elsewhere.name} runs at ${elsewhere.url}: give --url ${elsewhere.url}`;
  throw new CommandFailure(EXIT.usage, `Cannot open a gateway to ${url}: ${advice}`);
}

function cannotListen(host: string, port: number, error: unknown): CommandFailure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "something does already, perhaps a herd that runs here. Stop it, or give --first-port",
    EACCES: "this user may not. Give --first-port with a number above 1023",
    EADDRNOTAVAIL: "this machine does not have that address. Give another --host",
    ENOTFOUND: "nobody knows that address. Give another --host",
  };
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new CommandFailure(EXIT.refused, `Cannot listen on ${host}:${port}: ${reason}`, { cause: error });
}
