// What `npm start` says when the herd is up: where it is, and what to try next.

import { styleText } from "node:util";
import { hostedServers } from "../../src/cli/net/herd-file.ts";
import { PROGRAM, testCommand } from "../../src/cli/terminal/program-name.ts";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import type { OperatorToken } from "./operator-token.ts";

export interface BannerOptions {
  readonly config: HerdConfig;
  readonly port: number;
  /** The directory of the log files. */
  readonly logs: string;
  /** Absent where the herd's secrets have one. */
  readonly operator: OperatorToken | undefined;
}

export function bannerOf({ config, port, logs, operator }: BannerOptions): string {
  const url = `http://localhost:${port}`;
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
    ...whereToOpen(url, operator),
    `  TCP:  ${names.join("  ")}`,
    `  Logs: ${logs}/`,
    "",
    "Try, in another terminal:",
    operator?.problem !== undefined &&
      `  export OPERATOR_TOKEN=${operator.value}   # commands do not find it by themselves: ${operator.problem}`,
    auth !== undefined && `  export TOKEN=…   # see docs/secure.md; ${PROGRAM} token --help`,
    tcpPort !== undefined && `  printf 'IAMAT kiwi +34.068930-118.445127 ${now}\\n' | nc -N localhost ${tcpPort}`,
    `  printf 'WHATSAT kiwi 10 5\\n' | curl ${header}--data-binary @- ${url}/servers/${withTcp.at(-1)?.name ?? first?.name}`,
    `  curl ${url}/herd`,
    `  ${auth === undefined ? "" : "HERD_TOKEN=$TOKEN "}${testCommand(port === 8787 ? undefined : url)}`,
    "",
  ]
    .filter((line) => line !== false)
    .join("\n");
}

function whereToOpen(url: string, operator: OperatorToken | undefined): string[] {
  const isUp = styleText("bold", `The herd is up at ${url}`);
  if (operator === undefined) return [`${isUp}: open it in a browser.`];
  // The address stands alone, so that a click takes all of it and nothing more.
  return [`${isUp}: open it in a browser, as its operator with`, `  ${url}/#operator=${operator.value}`];
}
