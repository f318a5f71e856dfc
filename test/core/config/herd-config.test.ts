// The configuration as a whole: what it needs, and how its problems are told.

import { describe, expect, test } from "vitest";

import bundled from "../../../herd.config.json" with { type: "json" };
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { problemsOf, TWO } from "./problems-of.ts";

describe("herd.config.json", () => {
  test("[HD1] of this project can work", () => {
    expect(parseHerdConfig(bundled).servers.map(({ name }) => name)).toEqual([
      "Alford",
      "Bolden",
      "Hamilton",
      "Parker",
      "Powell",
    ]);
  });

  test("[HD1] needs nothing but the servers; the bundled file writes the defaults out", () => {
    const { unknown, limits, peers, places, nearest } = parseHerdConfig({ servers: TWO });
    expect({ unknown, limits, peers, places, nearest }).toEqual({
      unknown: bundled.unknown,
      limits: bundled.limits,
      peers: bundled.peers,
      places: bundled.places,
      nearest: bundled.nearest,
    });
  });

  test("[HD1] may hold a herd of one server", () => {
    expect(parseHerdConfig({ servers: [{ name: "Alford", neighbours: [] }] }).servers).toHaveLength(1);
  });

  test("[HD1] with several faults is refused once, with all of them", () => {
    const config = { servers: [{ name: "Al ford", neighbours: [] }], limits: { lineBytes: 1, futureSeconds: -1 } };
    expect(problemsOf(config).map((problem) => problem.split(":")[0])).toEqual([
      "servers.0.name",
      "limits.lineBytes",
      "limits.futureSeconds",
    ]);
  });

  test("[HD1] whose servers do not make a herd is refused, with every link that is wrong", () => {
    expect(problemsOf({ servers: [{ name: "Alford", neighbours: ["Parker", "Alford"] }] })).toEqual([
      'Alford has a neighbour "Parker", but no server has that name',
      "Alford names itself as a neighbour",
    ]);
  });

  test.each([
    ["holdSeconds", "writeBehindSeconds"],
    ["holdQuietSeconds", "writeBehindQuietSeconds"],
    ["holdReports", "writeBehindReports"],
  ])("[HD1] with the former setting peers.%s is refused, with its new name", (former, now) => {
    const [problem, ...others] = problemsOf({ servers: TWO, peers: { [former]: 1 } });
    expect(problem).toContain(`${former} is now called peers.${now}`);
    expect(others).toEqual([]);
  });
});
