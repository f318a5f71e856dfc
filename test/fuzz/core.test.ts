// The core's fuzz as part of the suite: 20,000 inputs of one seed, and those that once broke a law.
//
// `npm run fuzz` runs as many more as one likes. A finding prints its input, shrunk, as one line: it goes into pinned.ts,
// with the reason, once the reason is known.

import { describe, expect, it } from "vitest";
import { Random } from "../sim/random.ts";
import { drawConfig } from "./configs.ts";
import { findingOf, shrinkCase, type Finding, type FuzzCase } from "./fuzz-case.ts";
import { PINNED } from "./pinned.ts";
import { runCore } from "./run-core.ts";
import { drawSession, type Step } from "./session.ts";

function drawn(seed: string): unknown[] {
  return [drawSession(new Random(seed), seed, 40, ["kept"]), drawConfig(new Random(`${seed} config`))];
}

/** A law that no question may be asked. */
function findingOfQuestions(fuzzCase: FuzzCase): Finding | undefined {
  return "session" in fuzzCase && fuzzCase.session.steps.some(asks) ? { law: "asked", message: "" } : undefined;
}

function asks(step: Step): boolean {
  return "said" in step && JSON.stringify(step.said).includes("WHATSAT");
}

describe("20,000 inputs", () => {
  it("[FZ1] [FZ2] [FZ3] [FZ7] [FZ8] break no law, and reach most of the parsers", async () => {
    const { cases, kept, findings } = await runCore("suite", 20_000, () => undefined);
    expect(findings).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(20_000);
    // Each reached something that none before it did.
    expect(kept).toBeGreaterThan(20);
  });
});

describe("inputs that the fuzz found", () => {
  it.each(PINNED)("$title", ({ fuzzCase }) => {
    expect(findingOf(fuzzCase)).toBeUndefined();
  });
});

describe("the fuzz itself", () => {
  it("[FZ5] the same seed gives the same inputs", () => {
    expect(drawn("1")).toEqual(drawn("1"));
    expect(drawn("2")).not.toEqual(drawn("1"));
  });

  it("[FZ7] [FZ8] draws clients with addresses, floods, blanks, slow readers, absurd SYNCs, and clocks that are set either way", () => {
    const sessions = Array.from({ length: 200 }, (_, seed) => drawSession(new Random(`kinds ${seed}`), "", 40, []));
    const steps = sessions.flatMap((session) => session.steps);
    const kinds = new Set(steps.map((step) => step.do));
    const clocks = steps.flatMap((step) => (step.do === "set clock" ? [Math.sign(step.millis)] : []));
    expect([...kinds]).toEqual(
      expect.arrayContaining(["flood", "stop reading", "read", "page", "Powell answers dials", "set clock"]),
    );
    expect(new Set(clocks)).toEqual(new Set([-1, 1]));
    expect(steps.some((step) => "address" in step && step.do === "connect")).toBe(true);
    expect(steps.some((step) => "said" in step && "text" in step.said && /^[ \t\r\n]*$/.test(step.said.text))).toBe(
      true,
    );
    expect(steps.some((step) => "said" in step && "bytes" in step.said && /^\n+$/.test(step.said.bytes))).toBe(true);
  });

  it("[FZ5] an input that breaks a law is cut down to what breaks it", () => {
    const session = drawSession(new Random("shrink"), "shrink", 200, []);
    const shrunk = shrinkCase({ session }, findingOfQuestions);
    expect(shrunk).toMatchObject({ session: { steps: [{ said: {} }] } });
    expect(JSON.stringify(shrunk)).toMatch(/"(?:text|bytes)":"WHATSAT"/);
  });
});
