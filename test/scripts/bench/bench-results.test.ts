// The results that the benchmark computes from its measurements: medians, ratios, targets, the table and the picture.

import { describe, expect, test } from "vitest";
import { chartOf } from "../../../scripts/bench/harness/chart.ts";
import { resultOf, type Result } from "../../../scripts/bench/harness/result.ts";
import { rowOf, tableOf } from "../../../scripts/bench/harness/result-table.ts";
import { quantileOf, spreadOf } from "../../../scripts/bench/harness/statistics.ts";
import type { Sample, Subject } from "../../../scripts/bench/harness/subject.ts";
import { SUBJECTS } from "../../../scripts/bench/subjects/subjects.ts";
import { TARGETS, type Target } from "../../../scripts/bench/harness/targets.ts";

const samples = (...values: number[]): Sample[] => values.map((value) => ({ value }));

function result(value: readonly Sample[], baseline: readonly Sample[], target?: Target, name = "a subject"): Result {
  const subject: Pick<Subject, "name" | "unit"> = { name, unit: "lines/s" };
  return resultOf(subject, { value, baseline, beside: new Map([["memory", samples(3, 1, 2)]]) }, target);
}

describe("statistics", () => {
  test("[BM4] a spread is the median, the least and the greatest", () => {
    expect(spreadOf([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9 });
    expect(spreadOf([4, 2])).toEqual({ median: 3, min: 2, max: 4 });
    expect(() => spreadOf([])).toThrow("Cannot take a quantile of nothing");
  });

  test("[BM4] a quantile lies between two values in proportion", () => {
    const hundred = Array.from({ length: 101 }, (_, index) => index);
    expect(quantileOf(hundred, 0.99)).toBe(99);
    expect(quantileOf([0, 10], 0.25)).toBe(2.5);
  });
});

describe("results", () => {
  test("[BM2] the ratio is the median of the rounds' ratios, not the ratio of the medians", () => {
    const { ratio, value, baseline, spread } = result(samples(10, 100, 50), samples(100, 100, 100));
    expect({ ratio, value, baseline }).toEqual({ ratio: 0.5, value: 50, baseline: 100 });
    expect(spread).toEqual({ median: 0.5, min: 0.1, max: 1 });
    expect(result(samples(10, 100), samples(10, 400)).ratio).toBe(0.625);
  });

  test("[BM4] a target is met by at least, or at most, its number", () => {
    const half = [samples(50), samples(100)] as const;
    expect(result(...half, { atLeast: 0.5, of: "echo" })).toMatchObject({
      holds: true,
      reach: 1,
      target: "≥ 0.5 × echo",
    });
    expect(result(...half, { atLeast: 0.8, of: "echo" })).toMatchObject({ holds: false, reach: 0.625 });
    expect(result(...half, { atMost: 0.4, of: "echo" })).toMatchObject({ holds: false, reach: 0.8 });
    expect(result(...half)).toMatchObject({ holds: null, reach: null, target: null });
  });

  test("[BM2] without a baseline the value itself is judged", () => {
    const { ratio, baseline, holds, target, spread } = result(samples(60_000, 40_000, 55_000), [], { atLeast: 50_000 });
    expect({ ratio, baseline, holds, target }).toEqual({
      ratio: null,
      baseline: null,
      holds: true,
      target: "≥ 50,000 lines/s",
    });
    expect(spread.min).toBe(40_000);
  });

  test("[BM2] a share is judged itself, also beside a baseline", () => {
    const rounds = { value: samples(100), baseline: samples(0), beside: new Map() };
    const share = resultOf({ name: "a share", unit: "%" }, rounds, { atLeast: 100 });
    expect(share).toMatchObject({ value: 100, baseline: 0, ratio: null, holds: true, target: "≥ 100 %" });
  });

  test("[BM4] every target is of a subject, and no two subjects have one name", () => {
    const names = SUBJECTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(TARGETS).filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe("output", () => {
  const results = [
    result(samples(50), samples(100), { atLeast: 0.4, of: "echo" }, "the first"),
    result(samples(5), [], { atMost: 4 }, "the second"),
    result(samples(7), [], undefined, "the third"),
  ];

  test("[BM4] a row has the value, baseline, ratio with spread, target, and what is shown beside", () => {
    expect(results.map(rowOf)).toEqual([
      ["the first", "50 lines/s", "100 lines/s", "0.50 (0.50–0.50)", "≥ 0.4 × echo", "yes", "memory 2"],
      ["the second", "5 lines/s", "", "5 (5–5)", "≤ 4 lines/s", "NO", "memory 2"],
      ["the third", "7 lines/s", "", "7 (7–7)", "", "", "memory 2"],
    ]);
    for (const { subject } of results) expect(tableOf(results)).toContain(subject);
  });

  test("[BM4] the table leaves out columns that no result fills", () => {
    expect(tableOf(results)).toContain("holds");
    expect(tableOf(results.slice(2))).not.toContain("holds");
  });

  test("[BM5] the picture has a bar for each subject that has a target", () => {
    const svg = chartOf(results, "this machine");
    expect(svg).toMatch(/^<svg /);
    for (const text of ["the first", "the second", "this machine", "0.50", "≥ 0.4 × echo"]) expect(svg).toContain(text);
    expect(svg).not.toContain("the third");
  });
});
