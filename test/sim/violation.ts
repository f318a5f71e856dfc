// A rule of SPEC.md that a run broke: it ends the run.

export class Violation extends Error {
  /** Its id in SPEC.md. */
  readonly rule: string;

  constructor(rule: string, message: string) {
    super(`[${rule}] ${message}`);
    this.rule = rule;
  }
}
