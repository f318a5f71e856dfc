// Which servers are neighbours: the undirected graph that floods travel.
//
// The checks keep every later file simple. Names are unique, both servers of a link name each other, and every server can be
// reached from every other one, so a flood reaches all of them (FL2). Keeps HD1.

import { meantHint, type ClosestName } from "./config-problems.ts";

/** The part of a server's configuration that makes the graph. */
export interface Vertex {
  readonly name: string;
  /** Absent if its links cannot be read. */
  readonly neighbours?: readonly string[] | undefined;
  readonly tcpPort?: number | undefined;
}

/** Every problem of the graph, each with the value at fault. The list is empty if the herd can run. */
export function topologyProblems(servers: readonly Vertex[], closest?: ClosestName): string[] {
  const byName = new Map(servers.map((server) => [server.name, server]));
  const problems = [
    ...repeated(servers.map((server) => server.name)).map((name) => `two servers are named ${JSON.stringify(name)}`),
    ...repeated(servers.flatMap((server) => server.tcpPort ?? [])).map((port) => {
      const names = servers.filter(({ tcpPort }) => tcpPort === port).map(({ name }) => name);
      return `${names.join(" and ")} have the same tcpPort: current value is ${port}`;
    }),
  ];
  for (const { name, neighbours = [] } of servers) {
    for (const neighbour of repeated(neighbours)) problems.push(`${name} names its neighbour ${neighbour} twice`);
    for (const neighbour of new Set(neighbours)) {
      const other = byName.get(neighbour);
      if (neighbour === name) problems.push(`${name} names itself as a neighbour`);
      else if (other === undefined) {
        const hint = meantHint(neighbour, [...byName.keys()], closest);
        problems.push(`${name} has a neighbour ${JSON.stringify(neighbour)}, but no server has that name${hint}`);
      } else if (other.neighbours?.some((known) => meansServer(known, name, byName, closest)) === false)
        problems.push(`${name} has the neighbour ${neighbour}, but ${neighbour} does not have the neighbour ${name}`);
    }
  }
  const first = servers[0];
  const isReadable = servers.every(({ neighbours }) => neighbours !== undefined);
  if (problems.length > 0 || first === undefined || !isReadable) return problems;
  const reached = hopsFrom(servers, first.name);
  const cutOff = servers.filter((server) => !reached.has(server.name)).map((server) => server.name);
  if (cutOff.length > 0) problems.push(`no path of links leads from ${first.name} to ${cutOff.join(", ")}`);
  return problems;
}

/** Whether a neighbour is the server of that name. One that no server has may be that one, misspelt: that is told already. */
function meansServer(
  neighbour: string,
  name: string,
  byName: ReadonlyMap<string, Vertex>,
  closest: ClosestName | undefined,
): boolean {
  return neighbour === name || (!byName.has(neighbour) && closest?.(neighbour, [...byName.keys()]) === name);
}

/** How many links away each server that can be reached is, by the shortest way. The server itself is 0 away. */
export function hopsFrom(servers: readonly Vertex[], from: string): Map<string, number> {
  const neighboursOf = new Map(servers.map((server) => [server.name, server.neighbours]));
  const hops = new Map([[from, 0]]);
  // A loop over a Map goes in the order of insertion and includes entries added meanwhile: a breadth-first search.
  for (const [name, distance] of hops)
    for (const neighbour of neighboursOf.get(name) ?? []) if (!hops.has(neighbour)) hops.set(neighbour, distance + 1);
  return hops;
}

function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
