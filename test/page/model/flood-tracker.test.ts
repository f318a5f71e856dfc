import { describe, expect, test } from "vitest";
import { FloodTracker, type SeenHop } from "../../../src/page/model/flood-tracker.ts";
import bundled from "../../../herd.config.json" with { type: "json" };
import { atLine } from "./seen.ts";

const NEIGHBOURS = new Map(bundled.servers.map(({ name, neighbours }) => [name, neighbours]));

function tracker(): FloodTracker {
  const floods = new FloodTracker();
  floods.neighbours = NEIGHBOURS;
  return floods;
}

/** The hops that are seen when servers accept a report one after the other, a millisecond each. */
function hops(floods: FloodTracker, servers: readonly string[], time = 1, startMillis = 0): string[] {
  const report = { line: atLine("kiwi", time), client: "kiwi", server: "Alford" };
  return servers.flatMap((server, index) => told(floods.hear(server, report, startMillis + index)));
}

function told(seen: readonly SeenHop[]): string[] {
  return seen.map(({ hop: { from, to, depth, millis } }) => `${from ?? "kiwi"} > ${to} ${depth} ${millis}`);
}

describe("floods", () => {
  test("[PG4] each server has it from the neighbour that was first seen to have it", () => {
    expect(hops(tracker(), ["Alford", "Powell", "Parker", "Bolden", "Hamilton"])).toEqual([
      "kiwi > Alford 0 0",
      "Alford > Powell 1 1",
      "Alford > Parker 1 2",
      "Powell > Bolden 2 3",
      "Parker > Hamilton 2 4",
    ]);
  });

  test("[PG4] what a server accepts is one hop, however often it is told", () => {
    expect(hops(tracker(), ["Alford", "Parker", "Parker", "Alford"])).toEqual([
      "kiwi > Alford 0 0",
      "Alford > Parker 1 1",
    ]);
  });

  test("[PG20] the floods of a forgotten client are gone, also those that wait", () => {
    const floods = tracker();
    expect(hops(floods, ["Hamilton", "Parker"])).toEqual([]);
    floods.forget("kiwi");
    expect(floods.settle(10_000)).toEqual([]);
    expect(hops(floods, ["Alford"], 1, 100)).toEqual(["kiwi > Alford 0 0"]);
  });

  test("[PG4] connections tell in any order: a hop waits for the one before it", () => {
    const floods = tracker();
    expect(hops(floods, ["Hamilton", "Parker"])).toEqual([]);
    expect(floods.settle(100)).toEqual([]);
    expect(hops(floods, ["Alford"], 1, 100)).toEqual([
      "kiwi > Alford 0 100",
      "Alford > Parker 1 1",
      "Parker > Hamilton 2 0",
    ]);
    expect(floods.settle(10_000)).toEqual([]);
  });

  test("[PG4] of a report that is long past, as one is that catches up, the shortest way is taken after a moment", () => {
    const floods = tracker();
    expect(hops(floods, ["Hamilton"])).toEqual([]);
    expect(told(floods.settle(1000))).toEqual(["Parker > Hamilton 1 0"]);
    expect(hops(floods, ["Bolden"], 1, 1000)).toEqual([]);
    expect(told(floods.settle(2000))).toEqual([expect.stringMatching(/^(?:Parker|Powell) > Bolden 1 1000$/)]);
  });

  test("[PG4] a flood goes on when a server catches up soon, and is forgotten after a while", () => {
    const floods = tracker();
    hops(floods, ["Alford", "Powell", "Bolden"]);
    expect(hops(floods, ["Parker"], 1, 9000)).toEqual(["Alford > Parker 1 9000"]);
    hops(floods, ["Alford"], 2, 60_000);
    expect(hops(floods, ["Hamilton"], 1, 60_000)).toEqual([]);
    expect(told(floods.settle(61_000))).toEqual(["Parker > Hamilton 1 0"]);
  });
});
