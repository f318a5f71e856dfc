import { describe, expect, test } from "vitest";
import { arcBetween, pointOn } from "../../../src/page/map/curve.ts";
import { FloodTracker } from "../../../src/page/model/flood-tracker.ts";
import { Sparks } from "../../../src/page/map/sparks.ts";
import { atLine } from "../model/seen.ts";

describe("sparks", () => {
  test("[PG4] a spark leaves a server only when the one that brought the report has arrived there", () => {
    const floods = new FloodTracker();
    floods.neighbours = new Map([
      ["Alford", ["Parker"]],
      ["Parker", ["Alford", "Hamilton"]],
      ["Hamilton", ["Parker"]],
    ]);
    const sparks = new Sparks();
    const report = { line: atLine("kiwi", 1), client: "kiwi", server: "Alford" };
    const arrivals = ["Alford", "Parker", "Hamilton"].map((server, index) => {
      const [heard] = floods.hear(server, report, 100 + index);
      if (heard === undefined) throw new Error("Expected a hop");
      const options = { tone: 0, isLarge: true, nowMillis: 100 + index };
      return sparks.show(heard.flood, heard.hop, [index, 0], [index + 1, 0], options);
    });
    expect(sparks.sparks.map(({ begins }) => begins)).toEqual([100, arrivals[0], arrivals[1]]);
    expect(sparks.sparks.map(({ ends }) => ends)).toEqual(arrivals);
    expect(sparks.rings.map(({ begins }) => begins)).toEqual(arrivals);
    expect(sparks.settle((arrivals[2] ?? 0) + 10_000)).toBe(false);
  });

  test("[PG20] of a forgotten client nothing stays in the air", () => {
    const sparks = new Sparks();
    for (const client of ["kiwi", "emu"]) {
      const flood = { line: "", client, origin: "Alford", beganMillis: 0, hops: [] };
      const hop = { from: undefined, to: "Alford", millis: 0, depth: 0 };
      sparks.show(flood, hop, [0, 0], [1, 1], { tone: 0, isLarge: true, nowMillis: 5 });
    }
    sparks.forget("kiwi");
    expect(sparks.sparks.map(({ client }) => client)).toEqual(["emu"]);
  });

  test("[PG9] whoever asked for less motion sees where a report arrives, and no flight", () => {
    const sparks = new Sparks();
    sparks.isStill = true;
    const flood = { line: "", client: "kiwi", origin: "Alford", beganMillis: 0, hops: [] };
    const hop = { from: "Alford", to: "Parker", millis: 0, depth: 1 };
    expect(sparks.show(flood, hop, [0, 0], [1, 1], { tone: 0, isLarge: true, nowMillis: 5 })).toBe(5);
    expect([sparks.sparks.length, sparks.rings.length]).toEqual([0, 1]);
  });

  test("[PG4] an arc is the same way there and back", () => {
    const [there, back] = [arcBetween([0, 0], [100, 40]), arcBetween([100, 40], [0, 0])];
    const [x, y] = pointOn(there, 0.25);
    const [backX, backY] = pointOn(back, 0.75);
    expect(backX).toBeCloseTo(x);
    expect(backY).toBeCloseTo(y);
    expect(y).toBeLessThan(10);
    expect([pointOn(there, 0), pointOn(there, 1)]).toEqual([
      [0, 0],
      [100, 40],
    ]);
  });
});
