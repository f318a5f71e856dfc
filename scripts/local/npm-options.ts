// Options that npm took for itself: `npm start --port 9201`, without the `--` that hands them on.
//
// npm then says a warning, and gives the program neither `--port` nor the number that belongs to it, but a variable. A herd on
// other ports or another state than were asked for would be started. Keeps HD35.

import type { Command } from "commander";

/** What is to be typed instead; `undefined` if npm took none of the command's options. `typed` is how the command is called. */
export function optionsTakenByNpm(
  command: Command,
  typed: string,
  args: readonly string[] = process.argv.slice(2),
): string | undefined {
  // npm sets this for what it runs.
  if (process.env["npm_lifecycle_event"] === undefined) return undefined;
  const rest = [...args];
  const taken = command.options.flatMap((option) => {
    const { long } = option;
    const value = process.env[`npm_config_${long?.slice(2).replaceAll("-", "_")}`];
    if (long === undefined || value === undefined || args.includes(long)) return [];
    // `--port 9201`: npm takes the option for a switch, and the number for an argument.
    if (value !== "true") return [`${long} ${value}`];
    return option.isBoolean() ? [long] : [`${long} ${rest.shift() ?? "…"}`];
  });
  if (taken.length === 0) return undefined;
  const subject = taken.map((option) => option.split(" ")[0]).join(" and ");
  return `Cannot tell what ${subject} is for: npm took it for itself, as the \`--\` before it is missing.\nType: ${[typed, ...taken, ...rest].join(" ")}`;
}
