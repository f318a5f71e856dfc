// Which servers are neighbours: the undirected graph that floods travel.
//
// The checks keep every later file simple. Names are unique, both servers of a link name each other, and every server can be
// reached from every other one, so a flood reaches all of them (FL2). Keeps HD1.

/** The part of a server's configuration that makes the graph. */
export interface Vertex {
  readonly name: string;
  readonly neighbours: readonly string[];
  readonly tcpPort?: number | undefined;
}

/** Every problem of the graph, each with the value at fault. The list is empty if the herd can run. */
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
