// One colour for each server, the same in all output.

const COLOURS = ["cyan", "green", "magenta", "yellow", "blue"] as const;

export function serverColour(names: readonly string[], server: string): (typeof COLOURS)[number] | "white" {
  return COLOURS[names.indexOf(server) % COLOURS.length] ?? "white";
}
