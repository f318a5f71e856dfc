// The core's room: a million inputs in this process, a round of some kinds at a time.
//
// Most are steps of sessions, the others go to the parsers alone, where coverage guides best, and to the configuration.
// What reached something new is kept, and more is made of it: of the parsers' inputs as bytes, which sessions say too.
// Round by round everything comes from the seed.

import { Random } from "../sim/random.ts";
import { drawConfig } from "./configs.ts";
import { Corpus } from "./corpus.ts";
import type { Coverage } from "./coverage.ts";
import { findingOf, shrinkCase, type Finding, type FuzzCase } from "./fuzz-case.ts";
import { bytesOfText, Grammar } from "./grammar.ts";
import type { ParserInput } from "./parsers.ts";
import { drawSession, varySession, type Session } from "./session.ts";

/** Inputs of a round, by where they go; a step of a session is one. */
const PARSER_INPUTS = 250;
const SESSIONS = 18;
const STEPS = 40;
const CONFIGS = 30;

/** What a long input reached, its beginning mostly reaches too, and sooner. */
const KEPT_BYTES_MAX = 2_000;

/** Findings of one law that are kept; the others are most often the same again. */
const FINDINGS_OF_A_LAW_MAX = 3;

export interface CoreFinding extends Finding {
  /** Shrunk. */
  readonly fuzzCase: FuzzCase;
}

export class CoreRoom {
  readonly findings: CoreFinding[] = [];
  cases = 0;
  readonly #seed: string;
  readonly #parsers: Corpus<ParserInput>;
  readonly #sessions: Corpus<Session>;
  #rounds = 0;

  constructor(seed: string, coverage: Coverage) {
    this.#seed = seed;
    this.#parsers = new Corpus(coverage);
    this.#sessions = new Corpus(coverage);
  }

  /** Inputs that were worth keeping. */
  get kept(): number {
    return this.#parsers.inputs.length + this.#sessions.inputs.length;
  }

  round(): void {
    const seed = `${this.#seed} ${this.#rounds++}`;
    const random = new Random(seed);
    const bytes = this.#parsers.inputs.map((input) => input.bytes.slice(0, KEPT_BYTES_MAX));
    const grammar = new Grammar(random.fork("parsers"), bytes);
    const inputs = Array.from({ length: PARSER_INPUTS }, () => drawParserInput(grammar));
    this.#parsers.explore(inputs, (parsers) => this.#run({ parsers }));
    const sessions = Array.from({ length: SESSIONS }, (_, index) => {
      const own = random.fork(`session ${index}`);
      const kept = this.#sessions.inputs;
      if (kept.length > 0 && own.chance(0.2)) return varySession(own, own.pick(kept), bytes);
      return drawSession(own, `${seed} ${index}`, STEPS, bytes);
    });
    this.#sessions.explore(sessions, (session) => this.#run({ session }));
    for (let index = 0; index < CONFIGS; index++) this.#run({ config: drawConfig(random.fork(`config ${index}`)) });
    const steps = sessions.reduce((sum, session) => sum + session.steps.length, 0);
    this.cases += PARSER_INPUTS + steps + CONFIGS;
  }

  #run(fuzzCase: FuzzCase): void {
    const finding = findingOf(fuzzCase);
    if (finding === undefined) return;
    const same = this.findings.filter(({ law }) => law === finding.law);
    if (same.length >= FINDINGS_OF_A_LAW_MAX) return;
    const shrunk = shrinkCase(fuzzCase);
    this.findings.push({ ...(findingOf(shrunk) ?? finding), fuzzCase: shrunk });
  }
}

function drawParserInput(grammar: Grammar): ParserInput {
  const { random } = grammar;
  const feed = random.chance(0.5) ? () => grammar.frame() : () => grammar.receipt();
  return {
    bytes: random.chance(0.15) ? bytesOfText(feed()) : grammar.bytes(),
    lineBytes: random.pick([8, 64, 1024]),
    cuts: Array.from({ length: random.integer(0, 6) }, () => random.integer(0, 40)),
  };
}
