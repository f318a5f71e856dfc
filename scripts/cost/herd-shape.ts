// The herd whose cost is counted: the configured one, or one of a named shape with any number of servers.

import { CommandFailure, EXIT } from "../../src/cli/terminal/failure.ts";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";

export type Link = readonly [one: string, other: string];

export interface HerdShape {
  readonly servers: readonly string[];
  readonly links: readonly Link[];
}

const LINKS_OF = {
  line: (names) => pairs(names, (one, other) => other === one + 1),
  mesh: (names) => pairs(names, () => true),
  paper: (names) => pairs(names, (one, other) => (one < 2 && other > 2) || (one === 2 && other === 3)),
  ring: (names) => pairs(names, (one, other) => other === one + 1 || (one === 0 && other === names.length - 1)),
  star: (names) => pairs(names, (one) => one === 0),
} as const satisfies Readonly<Record<string, (names: readonly string[]) => Link[]>>;

export type Shape = keyof typeof LINKS_OF;

export const SHAPES = Object.keys(LINKS_OF) as readonly Shape[];

/** The paper's herd has so many servers: Alford, Bolden, Hamilton, Parker and Powell. */
export const PAPER_SERVERS = 5;

/** So many servers with names of their own, linked in that shape. Throws if the shape has another number of them. */
export function shapedHerd(servers: number, shape: Shape): HerdShape {
  if (shape === "paper" && servers !== PAPER_SERVERS)
    throw new CommandFailure(
      EXIT.usage,
      `Cannot link ${servers} servers as the paper does: its herd has ${PAPER_SERVERS}`,
    );
  const names = Array.from({ length: servers }, (_, index) => `Server${String(index + 1).padStart(2, "0")}`);
  return { servers: names, links: LINKS_OF[shape](names) };
}

/** The servers and links of a configuration. */
export function configuredHerd({ servers }: Pick<HerdConfig, "servers">): HerdShape {
  return {
    servers: servers.map(({ name }) => name),
    links: servers.flatMap(({ name, neighbours }) =>
      neighbours.filter((neighbour) => name < neighbour).map((neighbour): Link => [name, neighbour]),
    ),
  };
}

function pairs(names: readonly string[], isLink: (one: number, other: number) => boolean): Link[] {
  return names.flatMap((name, one) =>
    names.flatMap((other, index): Link[] => (index > one && isLink(one, index) ? [[name, other]] : [])),
  );
}
