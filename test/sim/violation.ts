// A broken rule of SPEC.md. It ends the run.

export class Violation extends Error {
  /** The id of the rule in SPEC.md. */
  readonly rule: string;

  constructor(rule: string, message: string) {
    super(`[${rule}] ${message}`);
    this.rule = rule;
  }
}
