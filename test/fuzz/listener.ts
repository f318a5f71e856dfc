// What one client must hear: its commands in order, each with what may answer it (LN4, LN5, RP5, RP6, WA2, WA3, WT1).
//
// An answer is a line that is known beforehand, such as a refusal, an AT line, an AT line with places, or a WATCH with what is held. A question about a client that
// the server may or may not know by then, as feeds tell it of clients too, is answered or ignored, and its log says
// which; everything else must be answered exactly once. An AT line that answers nothing is one that was watched for: those of
// a turn leave after its answers, so the answer to an IAMAT, which is never late but behind a WHATSAT, comes before it.

import type { UnknownPolicy } from "../../src/core/protocol/connection.ts";
import { Violation } from "../sim/violation.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Wait } from "./rate-model.ts";
import { readAt, refusalOf, type ReadReport } from "./reference.ts";
import type { WatchCommand, Watching } from "./watching.ts";

/** The refusal of what comes too fast (LN13, LN14). */
export interface Paced {
  readonly echo: string | Uint8Array;
  readonly reasons: boolean;
  readonly wait: Wait;
}

type Asked =
  | { readonly kind: "one of"; readonly answers: readonly (string | Uint8Array)[] }
  | { readonly kind: "paced"; readonly paced: Paced }
  /** `paced`: it may be refused instead. */
  | {
      readonly kind: "report";
      readonly client: string;
      readonly report: ReadReport;
      readonly paced?: Paced | undefined;
    }
  | {
      readonly kind: "places";
      readonly client: string;
      readonly items: number;
      readonly refusal: string | Uint8Array;
      /** Whether the server knows the client. */
      readonly isKnown: boolean | "maybe";
      readonly paced?: Paced | undefined;
    }
  | { readonly kind: "FORGET"; readonly client: string; readonly line: string; readonly paced?: Paced | undefined }
  | WatchCommand;

/** `before`: what anybody had been told of the client when it was asked. */
type Expected = Asked & { readonly before?: ReadReport | undefined };

export class Listener {
  readonly #knowledge: Knowledge;
  readonly #unknown: UnknownPolicy;
  readonly #watching: Watching;
  readonly #expected: Expected[] = [];

  constructor(knowledge: Knowledge, unknown: UnknownPolicy, watching: Watching) {
    this.#knowledge = knowledge;
    this.#unknown = unknown;
    this.#watching = watching;
  }

  /** What waits for its answer: how many commands, places of their answers at most, bytes that are known. */
  get waiting(): { readonly count: number; readonly items: number; readonly bytes: number } {
    let [items, bytes] = [0, 0];
    for (const asked of this.#expected) {
      if (asked.kind === "places") items += asked.items;
      if (asked.kind === "one of") bytes += asked.answers[0]?.length ?? 0;
      if (asked.kind === "paced") bytes += asked.paced.echo.length;
    }
    return { count: this.#expected.length, items, bytes };
  }

  expect(asked: Asked): void {
    const isOfClient = asked.kind !== "one of" && asked.kind !== "paced";
    const before = isOfClient ? this.#knowledge.toldOf(asked.client) : undefined;
    this.#expected.push({ ...asked, before });
  }

  /** The server says that it ignores a question about this client, which it does not know: so it is the oldest one. */
  ignore(client: string): void {
    const indexOf = (isSure: boolean) =>
      this.#expected.findIndex(
        (asked) => asked.kind === "places" && asked.client === client && (!isSure || asked.paced === undefined),
      );
    const index = indexOf(true) >= 0 ? indexOf(true) : indexOf(false);
    const ignored = this.#expected[index];
    if (ignored?.kind !== "places" || this.#isKnown(ignored) || this.#unknown === "reject")
      throw new Violation("answers", `ignores a question about ${client}`);
    this.#expected.splice(index, 1);
  }

  /** A message came from the server. */
  hear(data: string | Uint8Array): void {
    if (typeof data !== "string") return this.#hearAnswer(Buffer.from(data));
    let rest = data;
    while (rest !== "") {
      const isPlaces = /^AT [^\n]*\n\{/.test(rest);
      const end = isPlaces ? rest.indexOf("\n\n") + 2 : rest.indexOf("\n") + 1;
      if (end < 2) throw new Violation("answers", `not whole answers: ${data}`);
      const answer = rest.slice(0, end);
      const held = heldAfter(answer, rest.slice(end));
      this.#hearAnswer(answer, held);
      rest = rest.slice(end + (held === undefined ? 0 : held.length + 1));
    }
  }

  demandAll(): void {
    if (this.#expected.length === 0) return;
    throw new Violation("unanswered", `no answer came to ${this.#expected.map(shown).join(", ")}`);
  }

  #hearAnswer(answer: string | Buffer, held?: string): void {
    const [expected] = this.#expected;
    const isReport = typeof answer === "string" && answer.startsWith("AT ") && !answer.endsWith("\n\n");
    if (typeof answer === "string" && answer.startsWith("SILENT "))
      return this.#watching.hearSilence(answer.slice(0, -1));
    if (typeof answer === "string" && answer.startsWith("FORGOT ") && expected?.kind !== "FORGET")
      return this.#watching.hearForgotten(answer.slice(0, -1));
    if (isReport && expected?.kind !== "report") return this.#watching.hear(answer.slice(0, -1));
    if (expected === undefined) throw new Violation("answers", `nobody asked for ${answer.toString()}`);
    this.#expected.shift();
    if (!this.#isAnswer(answer, expected, held))
      throw new Violation("answers", `${answer.toString()} cannot answer ${shown(expected)}`);
  }

  #isAnswer(answer: string | Buffer, expected: Expected, held: string | undefined): boolean {
    switch (expected.kind) {
      case "one of":
        return expected.answers.some((wanted) =>
          typeof answer === "string" ? answer === wanted : typeof wanted !== "string" && answer.equals(wanted),
        );
      case "paced":
        return isPaced(answer, expected.paced);
      case "report":
        if (expected.paced !== undefined && isPaced(answer, expected.paced)) return true;
        return typeof answer === "string" && this.#isReport(answer, expected.report, expected.before);
      case "places":
        if (expected.paced !== undefined && isPaced(answer, expected.paced)) return true;
        if (this.#unknown === "reject" && !this.#isKnown(expected) && answer === expected.refusal) return true;
        return expected.isKnown !== false && typeof answer === "string" && this.#arePlaces(answer, expected);
      case "FORGET":
        if (expected.paced !== undefined && isPaced(answer, expected.paced)) return true;
        return typeof answer === "string" && isForgot(answer, expected.client);
      case "WATCH":
      case "UNWATCH":
        return typeof answer === "string" && this.#watching.takes(answer, expected, held);
      default:
        return expected satisfies never;
    }
  }

  /** Whether the server knows the client beyond doubt: it did when it was asked, and nobody had it forgotten since. */
  #isKnown({ client, isKnown }: Asked & { kind: "places" }): boolean {
    return isKnown === true && !this.#knowledge.mayBeForgotten(client);
  }

  #isReport(answer: string, { client, line, nanoseconds }: ReadReport, before: ReadReport | undefined): boolean {
    const told = this.#knowledge.tell(client, answer.slice(0, -1), before);
    if (told !== undefined && this.#knowledge.mayBeForgotten(client)) return true;
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

/** The AT line that belongs to a WATCH's answer: if the client is known, no other one of it comes before. */
function heldAfter(answer: string, rest: string): string | undefined {
  if (!answer.startsWith("WATCH ")) return undefined;
  const line = rest.slice(0, rest.indexOf("\n"));
  const [, client] = answer.slice(0, -1).split(" ");
  return readAt(line)?.client === client ? line : undefined;
}

/** The answer to a FORGET (FG1). */
function isForgot(answer: string, client: string): boolean {
  const start = `FORGOT ${client} `;
  return answer.startsWith(start) && /^(?:0|[1-9]\d*)\.\d{9}\n$/.test(answer.slice(start.length));
}

/** A wait is rounded up to a thousandth; what a double adds to it is less than one. */
const WAIT_MILLIS_UNSURE = 1;

function isPaced(answer: string | Buffer, { echo, reasons, wait }: Paced): boolean {
  if ((typeof answer === "string") !== (typeof echo === "string")) return false;
  const told = Buffer.from(answer);
  if (!reasons) return told.equals(Buffer.from(refusalOf(echo)));
  const [, seconds = ""] = /^\?pace=(\d+(?:\.\d{1,3})?) /.exec(told.subarray(0, 40).toString("latin1")) ?? [];
  if (!told.equals(Buffer.from(refusalOf(echo, `pace=${seconds}`)))) return false;
  const millis = Number(seconds) * 1000;
  return (
    millis >= Math.max(1, wait.least) - WAIT_MILLIS_UNSURE / 2 && millis <= Math.max(1, wait.most) + WAIT_MILLIS_UNSURE
  );
}

function shown(expected: Expected): string {
  if (expected.kind === "one of") return `what is answered ${JSON.stringify(expected.answers.join(" or "))}`;
  if (expected.kind === "paced") return `what comes too fast: ${JSON.stringify(expected.paced)}`;
  if (expected.kind === "places") return `what is refused as ${expected.refusal.toString()}`;
  return expected.kind === "report" ? expected.report.line : expected.line;
}
