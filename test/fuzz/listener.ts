// What one client must hear: its commands in order, each with what may answer it (LN4, LN5, RP5, RP6, WA2, WA3).
//
// An answer is a refusal, an AT line, or an AT line with places. A question about a client that the server may or may not
// know by then, as feeds tell it of clients too, may go unanswered; everything else must be answered exactly once.

import type { UnknownPolicy } from "../../src/core/events.ts";
import { Violation } from "../sim/violation.ts";
import type { Knowledge } from "./knowledge.ts";
import type { ReadReport } from "./reference.ts";

type Asked =
  | { readonly kind: "refusal"; readonly echo: string | Uint8Array }
  | { readonly kind: "report"; readonly client: string; readonly report: ReadReport }
  | {
      readonly kind: "places";
      readonly client: string;
      readonly items: number;
      readonly line: string;
      /** Whether the server knows the client. */
      readonly isKnown: boolean | "maybe";
    };

/** `before`: what anybody had been told of the client when it was asked. */
type Expected = Asked & { readonly before?: ReadReport | undefined };

export class Listener {
  readonly #knowledge: Knowledge;
  readonly #unknown: UnknownPolicy;
  readonly #expected: Expected[] = [];

  constructor(knowledge: Knowledge, unknown: UnknownPolicy) {
    this.#knowledge = knowledge;
    this.#unknown = unknown;
  }

  get isSatisfied(): boolean {
    return this.#expected.every((expected) => this.#mayBeSkipped(expected));
  }

  expect(asked: Asked): void {
    const before = asked.kind === "refusal" ? undefined : this.#knowledge.toldOf(asked.client);
    this.#expected.push({ ...asked, before });
  }

  /** A message came from the server. */
  hear(data: string | Uint8Array): void {
    if (typeof data !== "string") return this.#hearAnswer(Buffer.from(data));
    let rest = data;
    while (rest !== "") {
      const isPlaces = /^AT [^\n]*\n\{/.test(rest);
      const end = isPlaces ? rest.indexOf("\n\n") + 2 : rest.indexOf("\n") + 1;
      if (end < 2) throw new Violation("answers", `not whole answers: ${data}`);
      this.#hearAnswer(rest.slice(0, end));
      rest = rest.slice(end);
    }
  }

  demandAll(): void {
    if (this.isSatisfied) return;
    throw new Violation("unanswered", `no answer came to ${this.#expected.map(shown).join(", ")}`);
  }

  #hearAnswer(answer: string | Buffer): void {
    for (let expected = this.#expected.shift(); expected !== undefined; expected = this.#expected.shift()) {
      if (this.#isAnswer(answer, expected)) return;
      if (!this.#mayBeSkipped(expected))
        throw new Violation("answers", `${answer.toString()} cannot answer ${shown(expected)}`);
    }
    throw new Violation("answers", `nobody asked for ${answer.toString()}`);
  }

  #mayBeSkipped(expected: Expected): boolean {
    return expected.kind === "places" && expected.isKnown !== true && this.#unknown === "ignore";
  }

  #isAnswer(answer: string | Buffer, expected: Expected): boolean {
    switch (expected.kind) {
      case "refusal":
        return isRefusal(answer, expected.echo);
      case "report":
        return typeof answer === "string" && this.#isReport(answer, expected.report, expected.before);
      case "places":
        if (this.#unknown === "reject" && expected.isKnown !== true && answer === `? ${expected.line}\n`) return true;
        return expected.isKnown !== false && typeof answer === "string" && this.#arePlaces(answer, expected);
      default:
        return expected satisfies never;
    }
  }

  #isReport(answer: string, { client, line, nanoseconds }: ReadReport, before: ReadReport | undefined): boolean {
    const told = this.#knowledge.tell(client, answer.slice(0, -1), before);
    return told !== undefined && (told.line === line || told.nanoseconds >= nanoseconds);
  }

  #arePlaces(answer: string, { client, items, before }: Expected & { kind: "places" }): boolean {
    const border = answer.indexOf("\n");
    if (answer[border + 1] !== "{") return false;
    if (this.#knowledge.tell(client, answer.slice(0, border), before) === undefined) return false;
    const places = JSON.parse(answer.slice(border)) as { readonly results: unknown[]; readonly status: string };
    return places.results.length <= items && places.status !== "";
  }
}

function isRefusal(answer: string | Buffer, echo: string | Uint8Array): boolean {
  if (typeof echo === "string") return answer === `? ${echo}\n`;
  return typeof answer !== "string" && answer.equals(Buffer.concat([Buffer.from("? "), echo, Buffer.from("\n")]));
}

function shown(expected: Expected): string {
  if (expected.kind === "refusal") return `a refusal of ${JSON.stringify(expected.echo.toString())}`;
  return expected.kind === "report" ? expected.report.line : expected.line;
}
