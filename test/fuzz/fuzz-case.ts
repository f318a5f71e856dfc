// One case of the core's fuzz as data: what is run, cut down where it breaks a law, and pinned.

import { leaveOut } from "../sim/shrink.ts";
import { Violation } from "../sim/violation.ts";
import { checkConfig } from "./configs.ts";
import { checkParsers, type ParserInput } from "./parsers.ts";
import type { Session, Step } from "./session.ts";
import { runSession } from "./session-run.ts";

export type FuzzCase =
  | { readonly parsers: ParserInput }
  | { readonly session: Session }
  /** The text of a configuration. */
  | { readonly config: string };

export interface Finding {
  /** The law that was broken, or "throws". */
  readonly law: string;
  readonly message: string;
}

/** Runs shrinking may take. */
const RUNS_MAX = 3_000;

/** What is wrong with a case, or `undefined`. */
export function findingOf(fuzzCase: FuzzCase): Finding | undefined {
  try {
    if ("parsers" in fuzzCase) checkParsers(fuzzCase.parsers);
    else if ("session" in fuzzCase) runSession(fuzzCase.session);
    else checkConfig(fuzzCase.config);
    return undefined;
  } catch (error) {
    if (error instanceof Violation) return { law: error.rule, message: error.message };
    return { law: "throws", message: String(error instanceof Error ? error.stack : error) };
  }
}

/** A smaller case that breaks the same law. `find` is replaced where a test breaks a law of its own. */
export function shrinkCase(fuzzCase: FuzzCase, find = findingOf): FuzzCase {
  const law = find(fuzzCase)?.law;
  let best = fuzzCase;
  let runs = 0;
  const isEnough = (smaller: FuzzCase): boolean => {
    if (++runs > RUNS_MAX || find(smaller)?.law !== law) return false;
    best = smaller;
    return true;
  };
  if ("session" in fuzzCase) shrinkSession(fuzzCase.session, (session) => isEnough({ session }));
  else if ("parsers" in fuzzCase) {
    const { parsers } = fuzzCase;
    shrinkText(parsers.bytes, (bytes) => isEnough({ parsers: { ...parsers, bytes } }));
  } else shrinkText(fuzzCase.config, (config) => isEnough({ config }));
  return best;
}

function shrinkSession(session: Session, isEnough: (session: Session) => boolean): void {
  let kept = session;
  const isStillEnough = (steps: readonly Step[]): boolean => {
    if (!isEnough({ ...session, steps })) return false;
    kept = { ...session, steps };
    return true;
  };
  leaveOut(session.steps, isStillEnough);
  kept.steps.forEach((step, index) => {
    if (step.joined === true) {
      const { joined: _, ...alone } = step;
      isStillEnough(kept.steps.with(index, alone));
    }
    if (step.do === "flood")
      leaveOut(step.posts, (posts) => {
        const now = kept.steps[index];
        return now?.do === "flood" && isStillEnough(kept.steps.with(index, { ...now, posts }));
      });
    const said = "said" in step ? ("text" in step.said ? step.said.text : step.said.bytes) : "";
    shrinkText(said, (smaller) => {
      const now = kept.steps[index];
      if (now === undefined || !("said" in now)) return false;
      const shrunk = "text" in now.said ? { text: smaller } : { bytes: smaller };
      return isStillEnough(kept.steps.with(index, { ...now, said: shrunk }));
    });
  });
}

function shrinkText(text: string, isEnough: (text: string) => boolean): void {
  leaveOut(text.split(""), (units) => isEnough(units.join("")));
}
