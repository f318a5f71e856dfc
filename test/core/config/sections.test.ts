// What each section refuses.

import { expect, test } from "vitest";

import { problemsOf, TWO } from "./problems-of.ts";

test.each([
  ["no servers", { servers: [] }, "servers: ", "[]"],
  ["no list of servers", {}, "servers: ", ""],
  ["no object", "Alford", "(top): ", '"Alford"'],
  ["a name with a space", { servers: [{ name: "Al ford", neighbours: [] }] }, "Al ford: name: ", '"Al ford"'],
  ["an empty name", { servers: [{ name: "", neighbours: [] }] }, "server 1 of the list: name: ", '""'],
  ["a name of 65", { servers: [{ name: "A".repeat(65), neighbours: [] }] }, `${"A".repeat(65)}: name: `, "AAA"],
  ["a port too high", { servers: [{ name: "A", neighbours: [], tcpPort: 65_536 }] }, "A: tcpPort: ", "65536"],
  ["no location", { servers: [{ ...TWO[0], location: "34,-118" }, TWO[1]] }, "Alford: location: ", "34,-118"],
  ["an unknown policy", { servers: TWO, unknown: "shout" }, "unknown: ", '"shout"'],
  ["a limit too low", { servers: TWO, limits: { lineBytes: 1 } }, "limits.lineBytes: ", "1"],
  ["a limit that is text", { servers: TWO, limits: { lineBytes: "9" } }, "limits.lineBytes: ", '"9"'],
  ["half a frame", { servers: TWO, peers: { frameReports: 0.5 } }, "peers.frameReports: ", "0.5"],
  ["no time at all", { servers: TWO, peers: { idleSeconds: 0 } }, "peers.idleSeconds: ", "0"],
  ["an unknown setting", { servers: TWO, peers: { frames: 1 } }, "peers: ", "frames"],
  ["an unknown provider", { servers: TWO, places: { providers: ["bing"] } }, "places.providers.0: ", '"bing"'],
  ["an unknown field", { servers: TWO, places: { googleFields: ["reviews"] } }, "places.googleFields.0: ", "reviews"],
  ["no names", { servers: TWO, places: { googleFields: ["location"] } }, "places.googleFields: ", "location"],
  ["no address of Google", { servers: TWO, places: { googleUrl: "maps" } }, "places.googleUrl: ", "maps"],
  [
    "an unknown default server",
    { servers: TWO, nearest: { defaultServer: "Nobody" } },
    "nearest.defaultServer: ",
    '"Nobody"',
  ],
])("[HD1] with %s is refused, with the value found", (_, config, beginning, value) => {
  const [problem = "", ...others] = problemsOf(config);
  expect(problem.slice(0, beginning.length)).toBe(beginning);
  expect(problem).toContain(value);
  expect(others).toEqual([]);
});
