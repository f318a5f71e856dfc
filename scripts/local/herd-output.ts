// What a running herd prints: to a log file for each server, and to the terminal for people.
//
// A log file holds the entries as they are, a line of JSON each. They come in texts that hold the entries of a turn, all of
// one server, and go to its file unread: the server's name is at the same place of every line. Only what the terminal has room
// for is parsed. It shows the entries as a story, one colour for each server, without what links do in good order.
// Keeps LG2 and LG11 to LG15 and LI11.

import { styleText } from "node:util";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { formatLogEntry, parseLogLine } from "../../src/cli/terminal/log-line.ts";
import { printable } from "../../src/cli/terminal/print.ts";
import { serverColour } from "../../src/cli/terminal/server-colour.ts";
import { LogFiles } from "./log-files.ts";
import type { Printed } from "./runtime-log.ts";
import { Screen } from "./screen.ts";

/** Enough for what the runtime says of a failure. */
const REST_LINES_MAX = 200;

/** How an entry begins, up to the server's name. */
const ENTRY = /^\{"at":"[^"]{24}","server":"([^"]+)"/;

/** Of interest to who reads a log file; on a terminal they would hide the rest. */
const IN_FILES_ONLY =
  /^.{43}[^"]+","event":"(?:started|open to all|dialled|link up|link idle|link down|scan begun|scan ended|feed open|feed closed|flood)"/;

export interface HerdOutputOptions {
  readonly config: HerdConfig;
  /** Of the log files. */
  readonly directory: string;
  readonly startedAt: Date;
  /** Hears that nobody can read the terminal any more. */
  readonly onGone: () => void;
  /** Hears, once, that the log files cannot be written, and why. */
  readonly onLogFailure: (error: Error) => void;
}

export class HerdOutput {
  readonly #servers: readonly string[];
  readonly #files: LogFiles;
  readonly #screen: Screen;
  readonly #problems: Screen;
  /** What was said last about the runtime: shown if the herd ends unasked. */
  readonly #rest: string[] = [];

  constructor({ config, directory, startedAt, onGone, onLogFailure }: HerdOutputOptions) {
    this.#servers = config.servers.map(({ name }) => name);
    this.#files = new LogFiles({ directory, startedAt, limits: config.limits, onFailure: onLogFailure });
    const elsewhere = `${this.#files.directory}/`;
    this.#screen = new Screen(process.stdout.fd, elsewhere, onGone);
    this.#problems = new Screen(process.stderr.fd, elsewhere, onGone);
  }

  /** Settles when there is room for more. */
  async take(printed: readonly Printed[]): Promise<void> {
    for (const { level, text } of printed) {
      const server = ENTRY.exec(text)?.[1];
      if (server === undefined) {
        for (const line of text.split("\n")) this.takeOther(line);
        continue;
      }
      this.#files.add(server, text);
      if (level === "warn") this.#screen.showWarning(this.#told(text));
      else this.#show(text);
    }
    await this.#files.write();
  }

  /** Takes a line that is said about the runtime. */
  takeOther(line: string): void {
    this.#rest.push(line);
    if (this.#rest.length > REST_LINES_MAX) this.#rest.shift();
    if (/warn|error/i.test(line)) this.#problems.showWarning(printable(line));
  }

  say(text: string): void {
    this.#screen.say(text);
  }

  /** Shows what was said about the runtime, where the herd ended without being asked to. */
  showRest(): void {
    this.#problems.say(this.#rest.map(printable).join("\n"));
  }

  async end(): Promise<void> {
    await this.#files.end();
    await Promise.all([this.#screen.end(), this.#problems.end()]);
  }

  #show(text: string): void {
    for (let from = 0; from < text.length;) {
      const newline = text.indexOf("\n", from);
      const end = newline < 0 ? text.length : newline;
      const line = text.slice(from, end);
      if (!IN_FILES_ONLY.test(line) && !this.#screen.showEntry(() => this.#told(line)))
        return this.#screen.leaveOut(countLines(text, from));
      from = end + 1;
    }
  }

  /** An entry for people. */
  #told(line: string): string {
    const entry = parseLogLine(line);
    if (entry === undefined) return printable(line);
    const colour = serverColour(this.#servers, entry.server);
    return formatLogEntry(entry, (text) => styleText(colour, text));
  }
}

/** Lines from that character to the end of the text. */
function countLines(text: string, from: number): number {
  let count = 0;
  for (let at = from; at < text.length; count++) {
    const newline = text.indexOf("\n", at);
    at = newline < 0 ? text.length : newline + 1;
  }
  return count;
}
