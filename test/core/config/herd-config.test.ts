import { describe, expect, test } from "vitest";

import bundled from "../../../herd.config.json" with { type: "json" };
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";

const TWO = [
  { name: "Alford", neighbours: ["Parker"] },
  { name: "Parker", neighbours: ["Alford"] },
];

function problemsOf(config: unknown): string[] {
  try {
    parseHerdConfig(config);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [heading, ...problems] = error.message.split("\n");
    expect(heading).toBe("Cannot use herd.config.json:");
    return problems.map((problem) => problem.replace("  - ", ""));
  }
  throw new Error(`Expected ${JSON.stringify(config)} to be refused`);
}

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

  test("[HD1] needs to name the servers only; the bundled file spells out the defaults", () => {
    const { unknown, limits, peers, places, nearest } = parseHerdConfig({ servers: TWO });
    expect({ unknown, limits, peers, places, nearest }).toEqual({
      unknown: bundled.unknown,
      limits: bundled.limits,
      peers: bundled.peers,
      places: bundled.places,
      nearest: bundled.nearest,
    });
  });

  test("[HD1] may hold a herd of one", () => {
    expect(parseHerdConfig({ servers: [{ name: "Alford", neighbours: [] }] }).servers).toHaveLength(1);
  });

  test.each([
    ["no servers", { servers: [] }, "servers: ", "[]"],
    ["no list of servers", {}, "servers: ", ""],
    ["no object", "Alford", "(top): ", '"Alford"'],
    ["a name with a space", { servers: [{ name: "Al ford", neighbours: [] }] }, "servers.0.name: ", '"Al ford"'],
    ["an empty name", { servers: [{ name: "", neighbours: [] }] }, "servers.0.name: ", '""'],
    ["a name of 65", { servers: [{ name: "A".repeat(65), neighbours: [] }] }, "servers.0.name: ", "AAA"],
    ["an unknown policy", { servers: TWO, unknown: "shout" }, "unknown: ", '"shout"'],
    ["a limit too low", { servers: TWO, limits: { lineBytes: 1 } }, "limits.lineBytes: ", "1"],
    ["a limit that is text", { servers: TWO, limits: { lineBytes: "9" } }, "limits.lineBytes: ", '"9"'],
    ["half a frame", { servers: TWO, peers: { frameReports: 0.5 } }, "peers.frameReports: ", "0.5"],
    ["no time at all", { servers: TWO, peers: { idleSeconds: 0 } }, "peers.idleSeconds: ", "0"],
    ["a provider nobody knows", { servers: TWO, places: { providers: ["bing"] } }, "places.providers.0: ", '"bing"'],
    [
      "a field nobody knows",
      { servers: TWO, places: { googleFields: ["reviews"] } },
      "places.googleFields.0: ",
      "reviews",
    ],
    [
      "places without names",
      { servers: TWO, places: { googleFields: ["location"] } },
      "places.googleFields: ",
      "location",
    ],
    [
      "an address of Google's that is none",
      { servers: TWO, places: { googleUrl: "maps" } },
      "places.googleUrl: ",
      "maps",
    ],
    ["a port too high", { servers: [{ name: "A", neighbours: [], tcpPort: 65_536 }] }, "servers.0.tcpPort: ", "65536"],
    ["no algorithm", { servers: TWO, auth: { algorithms: [] } }, "auth.algorithms: ", "[]"],
    ["unsigned tokens", { servers: TWO, auth: { algorithms: ["none"] } }, "auth.algorithms.0: ", '"none"'],
    [
      "a shared secret beside public keys",
      { servers: TWO, auth: { algorithms: ["ES256", "HS256"], jwksUrl: "https://keys.test/" } },
      "auth.algorithms: ",
      '["HS256"]',
    ],
    [
      "public keys that are nowhere",
      { servers: TWO, auth: { algorithms: ["HS256", "ES256"] } },
      "auth.algorithms: ",
      '["ES256"]',
    ],
    [
      "public keys in two places",
      {
        servers: TWO,
        auth: { algorithms: ["ES256"], jwks: { keys: [{ kty: "EC" }] }, jwksUrl: "https://keys.test/" },
      },
      "auth.jwksUrl: ",
      "keys.test",
    ],
    [
      "public keys from afar in the clear",
      { servers: TWO, auth: { algorithms: ["ES256"], jwksUrl: "http://localhost.test/" } },
      "auth.jwksUrl: ",
      "localhost.test",
    ],
    [
      "a default server that is none",
      { servers: TWO, nearest: { defaultServer: "Nobody" } },
      "nearest.defaultServer: ",
      '"Nobody"',
    ],
    ["a location that is none", { servers: [{ ...TWO[0], location: "34,-118" }] }, "servers.0.location: ", "34,-118"],
    ["a setting that is none", { servers: TWO, peers: { frames: 1 } }, "peers: ", "frames"],
  ])("[HD1] with %s is refused, with the value found", (_, config, beginning, value) => {
    const [problem = "", ...others] = problemsOf(config);
    expect(problem.slice(0, beginning.length)).toBe(beginning);
    expect(problem).toContain(value);
    expect(others).toEqual([]);
  });

  test.each([
    ["a secret", { secret: "s3cret-s3cret" }],
    ["a private key", { algorithms: ["EdDSA"], jwks: { keys: [{ kty: "OKP", crv: "Ed25519", d: "s3cret-s3cret" }] } }],
    ["a symmetric key", { algorithms: ["EdDSA"], jwks: { keys: [{ kty: "oct", k: "s3cret-s3cret" }] } }],
  ])("[HD1] [AC7] with %s in it is refused, and the error does not repeat that", (_, auth) => {
    const problems = problemsOf({ servers: TWO, auth });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^auth/);
    expect(problems[0]).not.toContain("s3cret");
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
});
