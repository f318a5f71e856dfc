// The options that several commands have. Each has one meaning everywhere.
//
// A command adds the ones that it needs. They may also come before its name: `herd --url … status`. Keeps HC1 and HC13.

import { Option, InvalidArgumentError, type Command } from "commander";
import { CommandFailure, EXIT } from "./failure.ts";
import { unguarded } from "./guarded-arguments.ts";
import { asLocation } from "./location-argument.ts";

/** Where the herd is. */
export function urlOption(): Option {
  return new Option("--url <url>", "where the herd is")
    .env("HERD_URL")
    .default("http://localhost:8787")
    .argParser(asHerdUrl);
}

/** A client's token. It is better kept in the environment, where no list of processes shows it. */
export function tokenOption(): Option {
  return new Option("--token <token>", "the token, if the herd asks for one").env("HERD_TOKEN");
}

/** An operator's token. A deployed herd needs it. A herd on this machine needs it if its .dev.vars has one. */
export function operatorTokenOption(): Option {
  return new Option("--token <token>", "the operators' token of the deployment, or an operator's").env(
    "OPERATOR_TOKEN",
  );
}

export function serverOption(what = "the server; by default the nearest that answers"): Option {
  return new Option("--server <name>", what);
}

export function jsonOption(what: string): Option {
  return new Option("--json", `print ${what} as lines of JSON, and errors too`);
}

export function quietOption(): Option {
  return new Option("-q, --quiet", "print nothing but errors");
}

/** The server that a command is about: its argument, or `--server`. */
export function namedServer(argument: string | undefined, option: string | undefined): string | undefined {
  if (argument !== undefined && option !== undefined && argument !== option)
    throw new CommandFailure(EXIT.usage, `Cannot take both ${argument} and --server ${option}: name one server`);
  return argument ?? option;
}

/** The same, for a command that needs one. `verb`: what it does, such as `drain`. */
export function requiredServer(verb: string, argument: string | undefined, option: string | undefined): string {
  const name = namedServer(argument, option);
  if (name === undefined)
    throw new CommandFailure(EXIT.usage, `Cannot ${verb} a server without its name: give it, as in \`${verb} Alford\``);
  return name;
}

/** Where the client is, for the choice of the nearest server. */
export function nearOption(): Option {
  return new Option("--near <location>", "choose the server that is nearest to this ±lat±lon").argParser(asLocation);
}

/** Whose time a report gets whose own is far off (RP17). */
export function clockOption(): Option {
  return new Option("--clock <whose>", "the server's time for a report whose time is far off").choices(["server"]);
}

/** Parses a whole number in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

/** Parses a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Give a number above 0, such as 2.5.");
}

/** Hands options before a command's name to the command. Throws if the command has no such option. */
export function handOptionsDown(program: Command, command: Command): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) !== "cli") continue;
    if (!command.options.some((candidate) => candidate.attributeName() === name))
      command.error(`error: ${command.name()} has no option ${option.long}`, { code: "commander.unknownOption" });
    command.setOptionValueWithSource(name, program.getOptionValue(name), "cli");
  }
}

function asHerdUrl(text: string, current: string): string {
  // An empty environment variable counts as unset.
  if (text === "") return current;
  const url = URL.parse(withScheme(unguarded(text)));
  const protocol = url?.protocol.replace(/^ws/, "http");
  if (url === null || (protocol !== "http:" && protocol !== "https:"))
    throw new InvalidArgumentError("Give an address such as http://localhost:8787 or https://herd.example.");
  if (url.username !== "" || url.password !== "")
    throw new InvalidArgumentError("An address must not contain a password: use --token.");
  return `${protocol}//${url.host}`;
}

/** `localhost:9800` and `herd.example` as a browser takes them: http for this machine and for bare numbers, otherwise https. */
function withScheme(text: string): string {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return text;
  if (/^\d+$/.test(text)) return `http://localhost:${text}`;
  const isNear = /^(?:localhost|[\w-]+\.localhost|\d+(?:\.\d+){3}|\[[\da-f:.]+\])(?::\d+)?(?:\/|$)/i.test(text);
  return `${isNear ? "http" : "https"}://${text}`;
}
