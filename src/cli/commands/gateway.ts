// `gateway`: TCP ports on this machine for a deployed herd. Keeps HC10, HC36 and HC37.

import { Command } from "commander";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import {
  jsonOption,
  namedServer,
  quietOption,
  serverOption,
  tokenOption,
  urlOption,
  wholeNumber,
} from "../terminal/options.ts";
import { printJson, printNote } from "../terminal/print.ts";
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
  readonly json?: true;
  readonly quiet?: true;
}

interface GatewayPort {
  readonly server: string;
  readonly port: number;
}

export function gateway(): Command {
  const command = new Command("gateway")
    .description("takes TCP connections on this machine, and carries their lines to a deployed herd")
    .argument("[server]", "a port for this server only; by default one for each")
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(tokenOption())
    .option("--host <address>", "the address of this machine to listen at; 0.0.0.0 for all", "localhost")
    .option(
      "--first-port <port>",
      "use this port and those after it, one for each server, in place of the herd's own",
      wholeNumber(1, 65_535),
    )
    .option(
      "--close-after-answer",
      "close a connection when all its commands are answered, for clients that read to the end",
    )
    .addOption(jsonOption("each port"))
    .addOption(quietOption())
    .action(async (argument: string | undefined, options: Options) => {
      const { url, token, host, firstPort, closeAfterAnswer = false, json, quiet } = options;
      const server = namedServer(argument, options.server);
      const servers =
        server === undefined ? await fetchHerd(url) : [await findServer(url, server, `carry to "${server}"`)];
      const ports = portsOf(servers, url, firstPort);
      for (const { server: name } of ports.slice(0, 1)) await checkClientToken(url, name, token);
      const interrupted = untilInterrupted();
      const onTrouble = (reason: string) => printNote(reason, { ...(json && { json }) });
      const gateways: Gateway[] = [];
      try {
        for (const { server: name, port } of ports) {
          const address = new URL(`/servers/${encodeURIComponent(name)}`, url);
          const isClosedAfterAnswer = closeAfterAnswer;
          const settings = { address, token, host, port, isClosedAfterAnswer, onTrouble };
          gateways.push(
            await Gateway.open(settings).catch((error: unknown) => {
              throw cannotListen(host, port, error);
            }),
          );
          if (json) printJson({ server: name, host, port, address: address.href });
          else if (!quiet) console.log(`${name.padEnd(9)} ${host}:${port} -> ${address.href}`);
        }
        if (!quiet && !json) console.log("Ctrl-C ends it.");
        while (!interrupted.aborted) await pause(2 ** 30, interrupted);
      } finally {
        for (const each of gateways) each.close();
      }
    });
  return addExamples(
    command,
    [
      `${PROGRAM} gateway --url https://places-herd.you.workers.dev`,
      `${PROGRAM} gateway --url https://places-herd.you.workers.dev --server Alford --first-port 12500 --close-after-answer`,
    ],
    "Every connection to its ports uses the gateway's token: let only those connect who may use that token.",
  );
}

function portsOf(servers: readonly ListedServer[], url: string, firstPort: number | undefined): GatewayPort[] {
  const hosted = servers.filter((server) => server.url === undefined);
  const ports = hosted.flatMap(({ name: server, tcpPort }, index) => {
    const port = firstPort === undefined ? tcpPort : firstPort + index;
    return port === undefined ? [] : [{ server, port }];
  });
  if (ports.length > 0) return ports;
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
    EADDRINUSE: "another program does, perhaps a herd that runs here. Stop it, or give --first-port",
    EACCES: "this user may not. Give --first-port with a number above 1023",
    EADDRNOTAVAIL: "this machine does not have that address. Give another --host",
    ENOTFOUND: "that address is not known. Give another --host",
  };
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new CommandFailure(EXIT.refused, `Cannot listen on ${host}:${port}: ${reason}`, { cause: error });
}
