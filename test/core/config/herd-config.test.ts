// The configuration as a whole: what it needs, and how its problems are told.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

import bundled from "../../../herd.config.json" with { type: "json" };
import { readHerdConfig } from "../../../src/cli/net/herd-file.ts";
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
    const servers = [
      { name: "Oslo", neighbors: ["kyiv"], tcpPort: 12_600, locationHint: "wuer" },
      { name: "Kyiv", neighbours: ["Oslo", "dubai"], tcpPort: 12_600 },
      { name: "Dubai", neighbours: ["Kyiv"], tcpPort: "12601" },
      { neighbours: [] },
    ];
    const config = {
      servers,
      limits: { lineBytes: 1, futureSecond: 1 },
      commandsBurst: 5,
      nearest: { defaultServer: "oslo" },
    };
    expect(problemsOf(config)).toEqual([
      "Oslo: neighbours: this setting is missing; it must be a list",
      expect.stringMatching(/^Oslo: locationHint: must be one of .*: current value is "wuer"\. Did you mean weur\?$/),
      "Oslo: there is no setting neighbors. Did you mean neighbours?",
      'Dubai: tcpPort: must be a number: current value is "12601"',
      "server 4 of the list: name: this setting is missing; it must be a text",
      "limits.lineBytes: must be at least 64: current value is 1",
      "limits: there is no setting futureSecond. Did you mean futureSeconds?",
      "there is no setting commandsBurst: it belongs into limits",
      "Oslo and Kyiv have the same tcpPort: current value is 12600",
      'Kyiv has a neighbour "dubai", but no server has that name. Did you mean Dubai?',
      'nearest.defaultServer: no server has that name: current value is "oslo". Did you mean Oslo?',
    ]);
  });

  test("[HD1] [HD38] is named as the file that was given", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "places-herd-")), "my-herd.json");
    await writeFile(file, '{ "servers": [] }');
    await expect(readHerdConfig(file)).rejects.toThrow(`Cannot use ${file}:\n  - servers: must have 1 entry or more`);
    await writeFile(file, "{ servers: [] }");
    await expect(readHerdConfig(file)).rejects.toThrow(`Cannot read ${file} as JSON`);
    await rm(dirname(file), { recursive: true });
    await expect(readHerdConfig(file)).rejects.toThrow(`Cannot read the herd's configuration ${file}`);
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

test("[RP13] [HD1] a neighbour's report may be further ahead than a client's, or the herd could not agree", () => {
  const servers = [{ name: "Alford", neighbours: [] }];
  const parse = (limits: object, peers: object) => () => parseHerdConfig({ servers, limits, peers });
  expect(parse({ futureSeconds: 86_399 }, {})).not.toThrow();
  expect(parse({ futureSeconds: 86_400 }, {})).toThrow("peers.futureSeconds: more than limits.futureSeconds");
  expect(parse({ futureSeconds: 100 }, { futureSeconds: 60 })).toThrow("which is 100");
});
