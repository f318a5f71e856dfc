import { describe, expect, test } from "vitest";

import { hopsFrom, topologyProblems, type Vertex } from "../../../src/core/config/topology.ts";

/** A graph from lines such as `A: B C`. */
const graph = (...lines: readonly string[]): Vertex[] =>
  lines.map((line) => {
    const [name = "", neighbours = ""] = line.split(":");
    return { name, neighbours: neighbours.split(" ").filter((neighbour) => neighbour !== "") };
  });

const PAPER = graph(
  "Alford: Parker Powell",
  "Bolden: Parker Powell",
  "Hamilton: Parker",
  "Parker: Alford Bolden Hamilton",
  "Powell: Alford Bolden",
);

describe("a herd's links", () => {
  test.each([
    ["the paper's herd", PAPER],
    ["one server", graph("A:")],
    ["two", graph("A: B", "B: A")],
    ["a ring", graph("A: B C", "B: A C", "C: A B")],
  ])("[HD1] can work: %s", (_, servers) => {
    expect(topologyProblems(servers)).toEqual([]);
  });

  test.each([
    ["a name twice", graph("A: B", "B: A", "A: B"), ['two servers are named "A"']],
    ["a neighbour twice", graph("A: B B", "B: A"), ["A names its neighbour B twice"]],
    ["an unknown neighbour", graph("A: B C", "B: A"), ['A has a neighbour "C", but no server has that name']],
    ["itself", graph("A: A"), ["A names itself as a neighbour"]],
    [
      "a link at one end only",
      graph("A: B", "B: A C", "C:"),
      ["B has the neighbour C, but C does not have the neighbour B"],
    ],
    ["two parts", graph("A: B", "B: A", "C: D", "D: C"), ["no path of links leads from A to C, D"]],
    [
      "several faults",
      graph("A: A B", "B:", "B:"),
      [
        'two servers are named "B"',
        "A names itself as a neighbour",
        "A has the neighbour B, but B does not have the neighbour A",
      ],
    ],
  ])("[HD1] cannot work: %s", (_, servers, problems) => {
    expect(topologyProblems(servers)).toEqual(problems);
  });

  test("[HD1] cannot share a TCP port", () => {
    const servers = graph("A: B", "B: A").map(({ name, neighbours }) => ({ name, neighbours, tcpPort: 12_500 }));
    expect(topologyProblems(servers)).toEqual(["A and B have the same tcpPort: current value is 12500"]);
  });

  test("[HD1] are counted by the shortest way", () => {
    expect(Object.fromEntries(hopsFrom(PAPER, "Hamilton"))).toEqual({
      Hamilton: 0,
      Parker: 1,
      Alford: 2,
      Bolden: 2,
      Powell: 3,
    });
    expect([...hopsFrom(graph("A: B", "B: A", "C:"), "A").keys()]).toEqual(["A", "B"]);
  });
});
