// The output of a running herd: a log file for each server, and a terminal for people. Keeps LG2.
//
// A log file has the paper's name, and contains the entries as they are, a line of JSON each. The terminal shows them in words, with
// a colour for each server.

import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { PROGRAM, testCommand } from "../../src/cli/terminal/program-name.ts";
import { hostedServers } from "../../src/cli/net/herd-file.ts";
import { formatLogEntry, parseLogLine } from "../../src/cli/terminal/log-line.ts";
import { serverColour } from "../../src/cli/terminal/server-colour.ts";

/** Enough lines for wrangler's report of a failure. */
const REST_LINES_MAX = 200;

export class HerdOutput {
  readonly #config: HerdConfig;
  readonly #directory: string;
  readonly #suffix: string;
  readonly #files = new Map<string, WriteStream>();
  /** The last lines that are no log entries. They are shown if the herd ends by itself. */
  readonly #rest: string[] = [];

  constructor(config: HerdConfig, directory: string, startedAt: Date) {
    this.#config = config;
    this.#directory = directory;
    const [day = "", time = ""] = startedAt.toISOString().split("T");
    this.#suffix = `${day}-${time.slice(0, 8).replaceAll(":", "-")}`;
    mkdirSync(directory, { recursive: true });
  }

  take(line: string): void {
    const entry = parseLogLine(line);
    if (entry === undefined) {
      this.#takeOther(line);
      return;
    }
    this.#fileOf(entry.server).write(`${line}\n`);
    const colour = serverColour(
      this.#config.servers.map(({ name }) => name),
      entry.server,
    );
    console.log(formatLogEntry(entry, (text) => styleText(colour, text)));
  }

  showBanner(port: number): void {
    const servers = hostedServers(this.#config);
    const [first] = servers;
    const withTcp = servers.filter(({ tcpPort }) => tcpPort !== undefined);
    const names = servers.map(({ name, tcpPort }) => (tcpPort === undefined ? name : `${name} ${tcpPort}`));
    const { auth } = this.#config;
    // If the herd asks for tokens, it may refuse TCP, and the other commands must show a token.
    const tcpPort = auth?.tcp === "refuse" ? undefined : withTcp[0]?.tcpPort;
    const header = auth === undefined ? "" : '-H "Authorization: Bearer $TOKEN" ';
    const now = (Date.now() / 1000).toFixed(3);
    console.log(
      [
        "",
        styleText("bold", `The herd is up at http://localhost:${port}`) + ": open it in a browser.",
        `  TCP:  ${names.join("  ")}`,
        `  Logs: ${this.#directory}/`,
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
        .join("\n"),
    );
  }

  /** Shows wrangler's last lines, for a herd that ended by itself. */
  showRest(): void {
    console.error(this.#rest.join("\n"));
  }

  async end(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => new Promise<void>((resolve) => file.end(resolve))));
  }

  #takeOther(line: string): void {
    this.#rest.push(line);
    if (this.#rest.length > REST_LINES_MAX) this.#rest.shift();
    if (/ERROR|WARN|error|Error/.test(line)) console.error(line);
  }

  #fileOf(server: string): WriteStream {
    let file = this.#files.get(server);
    if (file === undefined) {
      file = createWriteStream(join(this.#directory, `${server}-${this.#suffix}.log`), { flags: "a" });
      this.#files.set(server, file);
    }
    return file;
  }
}
