// What `npm start` says when the herd is up: where it is, and what to try next.

import { styleText } from "node:util";
import { hostedServers } from "../../src/cli/net/herd-file.ts";
import { PROGRAM, testCommand } from "../../src/cli/terminal/program-name.ts";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";

/** @param logs The directory of the log files. */
export function bannerOf(config: HerdConfig, port: number, logs: string): string {
  const servers = hostedServers(config);
  const [first] = servers;
  const withTcp = servers.filter(({ tcpPort }) => tcpPort !== undefined);
  const names = servers.map(({ name, tcpPort }) => (tcpPort === undefined ? name : `${name} ${tcpPort}`));
  const { auth } = config;
  // Where a token is asked for, the line to try over TCP would be refused, and the others have to show one.
  const tcpPort = auth?.tcp === "refuse" ? undefined : withTcp[0]?.tcpPort;
  const header = auth === undefined ? "" : '-H "Authorization: Bearer $TOKEN" ';
  const now = (Date.now() / 1000).toFixed(3);
  return [
    "",
    styleText("bold", `The herd is up at http://localhost:${port}`) + ": open it in a browser.",
    `  TCP:  ${names.join("  ")}`,
    `  Logs: ${logs}/`,
    "",
    "Try, in another terminal:",
    auth !== undefined && `  export TOKEN=…   # see docs/secure.md; ${PROGRAM} token --help`,
    tcpPort !== undefined && `  printf 'IAMAT kiwi +34.068930-118.445127 ${now}\\n' | nc -N localhost ${tcpPort}`,
    `  printf 'WHATSAT kiwi 10 5\\n' | curl ${header}--data-binary @- http://localhost:${port}/servers/${withTcp.at(-1)?.name ?? first?.name}`,
    `  curl http://localhost:${port}/herd`,
    `  ${auth === undefined ? "" : "HERD_TOKEN=$TOKEN "}${testCommand(port === 8787 ? undefined : `http://localhost:${port}`)}`,
    "",
  ]
    .filter((line) => line !== false)
    .join("\n");
}
