// The options that several commands have. Each has one meaning everywhere.
//
// A command adds the ones that it needs. They may also come before its name: `herd --url … status`. Keeps HC1 and HC13.

import { Option, InvalidArgumentError, type Command } from "commander";
import { locationProblem } from "../../core/protocol/location.ts";
import { withAsciiMinus } from "./run-command.ts";

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
  return new Option("--json", `print ${what} as JSON`);
}

export function quietOption(): Option {
  return new Option("-q, --quiet", "print nothing but errors");
}

/** Where the client is, for the choice of the nearest server. */
export function nearOption(): Option {
  return new Option("--near <location>", "choose the server that is nearest to this ±lat±lon").argParser(asLocation);
}

/** A location as text, as a command-line argument gives it. */
export function asLocation(argument: string): string {
  const location = withAsciiMinus(argument);
  const problem = locationProblem(location);
  if (problem !== undefined)
    throw new InvalidArgumentError(`Give degrees as ±lat±lon, such as +34.07-118.45: the ${problem}.`);
  return location;
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
  throw new InvalidArgumentError("Give a number above 0.");
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration such as `90s`, `15m` or `1h`; without a unit they are seconds. */
export function asSeconds(text: string): number {
  const [, value = "", unit = "s"] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  const seconds = Number(value) * (UNIT_SECONDS[unit] ?? 0);
  if (value !== "" && seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new InvalidArgumentError("Give a number and s, m, h or d, such as 30s.");
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
  const url = URL.parse(text);
  const protocol = url?.protocol.replace(/^ws/, "http");
  if (url === null || (protocol !== "http:" && protocol !== "https:"))
    throw new InvalidArgumentError("Give an address such as http://localhost:8787 or https://herd.example.");
  if (url.username !== "" || url.password !== "")
    throw new InvalidArgumentError("An address must not contain a password: use --token.");
  return `${protocol}//${url.host}`;
}
