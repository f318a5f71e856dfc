// Who is whose neighbour: the undirected graph that floods travel.
//
// The checks keep every later file simple: names are unique, every link stands at both its ends, and each server can be
// reached from each other, so a flood reaches all of them (FL2).

/** The part of a server's configuration that makes the graph. */
export interface Vertex {
  readonly name: string;
  readonly neighbours: readonly string[];
  readonly tcpPort?: number | undefined;
}

/** Every problem of the graph, each with the value that makes it one; an empty list means that the herd can run. */
export function topologyProblems(servers: readonly Vertex[]): string[] {
  const byName = new Map(servers.map((server) => [server.name, server]));
  const problems = [
    ...repeated(servers.map((server) => server.name)).map((name) => `two servers are named ${JSON.stringify(name)}`),
    ...repeated(servers.flatMap((server) => server.tcpPort ?? [])).map(
      (port) => `two servers have the tcpPort ${port}`,
    ),
  ];
  for (const { name, neighbours } of servers) {
    for (const neighbour of repeated(neighbours)) problems.push(`${name} names its neighbour ${neighbour} twice`);
    for (const neighbour of new Set(neighbours)) {
      if (neighbour === name) problems.push(`${name} names itself as a neighbour`);
      else if (!byName.has(neighbour))
        problems.push(`${name} has a neighbour ${JSON.stringify(neighbour)}, but no server has that name`);
      else if (!byName.get(neighbour)?.neighbours.includes(name))
        problems.push(`${name} has the neighbour ${neighbour}, but ${neighbour} does not have the neighbour ${name}`);
    }
  }
  const first = servers[0];
  if (problems.length > 0 || first === undefined) return problems;
  const reached = hopsFrom(servers, first.name);
  const cutOff = servers.filter((server) => !reached.has(server.name)).map((server) => server.name);
  if (cutOff.length > 0) problems.push(`no path of links leads from ${first.name} to ${cutOff.join(", ")}`);
  return problems;
}

/** The least number of links between one server and each server that can be reached from it, itself at 0. */
export function hopsFrom(servers: readonly Vertex[], from: string): Map<string, number> {
  const neighboursOf = new Map(servers.map((server) => [server.name, server.neighbours]));
  const hops = new Map([[from, 0]]);
  // A Map is walked in order of insertion, entries added on the way included: a breadth-first search.
  for (const [name, distance] of hops)
    for (const neighbour of neighboursOf.get(name) ?? []) if (!hops.has(neighbour)) hops.set(neighbour, distance + 1);
  return hops;
}

function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
