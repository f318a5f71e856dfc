// A client's connection to one server. It knows which answers to expect, and in which order (LN5).

import type { ClockPolicy } from "../../src/core/protocol/connection.ts";
import { AHEAD_SECONDS_REFUSED, BEHIND_SECONDS_STAMPED, STAMP_SECONDS_BEHIND } from "./action.ts";
import { claimedNanos, clientOf, isStamped } from "./claimed-time.ts";
import type { ConnectionEnd } from "./connection.ts";
import { Violation } from "./violation.ts";

const FORGOT = /^FORGOT (\S+) \d+\.\d{9}$/;

interface Said {
  readonly line: string;
  readonly atMillis: number;
  /** The line before it in its message. */
  readonly after: string | undefined;
}

interface Answered {
  readonly line: string;
  readonly answer: string;
}

export interface SimClientOptions {
  readonly name: string;
  readonly end: ConnectionEnd;
  /** Of its connection (RP17). */
  readonly clock: ClockPolicy | undefined;
  /** Whether its server took no reports at that time or later. */
  readonly wasReadOnly: (sinceMillis: number) => boolean;
  readonly isForgottenBetween: (line: string, next: string) => boolean;
}

export class SimClient {
  readonly #name: string;
  readonly #end: ConnectionEnd;
  readonly #clock: ClockPolicy | undefined;
  readonly #wasReadOnly: (sinceMillis: number) => boolean;
  readonly #isForgottenBetween: (line: string, next: string) => boolean;
  /** Commands without an answer yet, in order. */
  readonly #said: Said[] = [];
  /** The last report that this connection was told, by client. Times never go back (RP6), unless the client was forgotten between them. */
  readonly #told = new Map<string, string>();
  #last: Answered | undefined;
  #heard = "";

  constructor({ name, end, clock, wasReadOnly, isForgottenBetween }: SimClientOptions) {
    this.#name = name;
    this.#end = end;
    this.#clock = clock;
    this.#wasReadOnly = wasReadOnly;
    this.#isForgottenBetween = isForgottenBetween;
    end.party = {
      hear: (data) => {
        this.#heard += String(data);
        while (this.#takeAnswer());
      },
      lose: () => {},
    };
  }

  get isOpen(): boolean {
    return this.#end.isOpen && !this.#end.isCut;
  }

  get end(): ConnectionEnd {
    return this.#end;
  }

  say(lines: readonly string[], nowMillis: number): void {
    for (const [index, line] of lines.entries())
      this.#said.push({ line, atMillis: nowMillis, after: lines[index - 1] });
    this.#end.send(lines.map((line) => `${line}\n`).join(""));
  }

  /** Called at the end: an open connection has all its answers. */
  demandAnswers(): void {
    const [first] = this.#said;
    if (this.isOpen && first !== undefined) throw new Violation("LN5", `${this.#name}: ${first.line} has no answer`);
  }

  /** Takes the next answer from what was heard; `false` if it is not there yet. */
  #takeAnswer(): boolean {
    const lineEnd = this.#heard.indexOf("\n");
    if (lineEnd < 0) return false;
    const [said] = this.#said;
    if (said === undefined) throw new Violation("LN5", `${this.#name} was told ${this.#heard} without asking`);
    const line = this.#heard.slice(0, lineEnd);
    const isWithPlaces = line.startsWith("AT ") && said.line.startsWith("WHATSAT ");
    const end = isWithPlaces ? this.#heard.indexOf("\n\n") + 1 : lineEnd;
    if (isWithPlaces && end === 0) return false;
    this.#said.shift();
    this.#heard = this.#heard.slice(end + 1);
    this.#check(said, line);
    return true;
  }

  #check(said: Said, answer: string): void {
    const [command = "", client = ""] = said.line.split(" ");
    const isToRefuse = isToBeRefused(said, this.#clock);
    if (answer === `? ${said.line}` && isToRefuse) return;
    const wrong = () => new Violation(command === "WHATSAT" ? "WA3" : "RP5", `${said.line} was answered ${answer}`);
    if (command === "FORGET" && !isToRefuse && FORGOT.exec(answer)?.[1] === client) {
      this.#last = undefined;
      return;
    }
    if (answer === `? ${said.line}` && command === "WHATSAT") return;
    if (answer === `? ${said.line}` && this.#wasReadOnly(said.atMillis)) return;
    if (isToRefuse || command === "FORGET" || !answer.startsWith("AT ") || clientOf(answer) !== client) throw wrong();
    const time = claimedNanos(answer);
    if (command === "IAMAT" && time < earliestAnswer(said, this.#clock)) throw wrong();
    const told = this.#told.get(client);
    if (told !== undefined && time < claimedNanos(told))
      if (!this.#isForgottenBetween(told, answer))
        throw new Violation("RP6", `${this.#name} was told ${answer} after ${told}`);
    this.#told.set(client, answer);
    this.#checkStamp(said, answer);
  }

  /**
   * Nothing comes between the lines of a message. So after a stamp that counted, the next one of the client counts too (RP15), and
   * after a claim ahead of the server's clock it does not (RP16).
   */
  #checkStamp({ line, after }: Said, answer: string): void {
    const last = this.#last;
    this.#last = { line, answer };
    if (last === undefined || last.line !== after || !isStamped(line)) return;
    // If the answer is about another place, an earlier report was held.
    if (clientOf(last.answer) !== clientOf(answer) || !hasCounted(last)) return;
    if (isStamped(last.line) && !hasCounted({ line, answer }))
      throw new Violation("RP15", `${line} was answered ${answer}`);
    if (skewOf(last.answer).startsWith("-") && answer !== last.answer)
      throw new Violation("RP16", `${line} was answered ${answer} after ${last.answer}`);
  }
}

/** Whether the report is what the server then held: no two are of one place. */
function hasCounted({ line, answer }: Answered): boolean {
  return answer.split(" ")[4] === line.split(" ")[2];
}

/** Of an AT line. */
function skewOf(answer: string): string {
  return answer.split(" ")[2] ?? "";
}

/** The earliest time that the answer may have: the claim, or a stamp (RP14, RP17). */
function earliestAnswer({ line, atMillis }: Said, clock: ClockPolicy | undefined): bigint {
  const stamp = nanosOf(atMillis - STAMP_SECONDS_BEHIND * 1000);
  if (isStamped(line)) return stamp;
  const claimed = claimedNanos(line);
  if (clock === undefined) return claimed;
  const isFarBehind = claimed < nanosOf(atMillis - BEHIND_SECONDS_STAMPED * 1000);
  return isFarBehind || claimed > stamp ? stamp : claimed;
}

function nanosOf(millis: number): bigint {
  return BigInt(millis) * 1_000_000n;
}

function isToBeRefused({ line, atMillis }: Said, clock: ClockPolicy | undefined): boolean {
  const fields = line.split(" ");
  if (fields[0] === "WHATSAT") return false;
  if (fields[0] === "FORGET") return fields.length !== 2;
  if (fields[0] !== "IAMAT" || fields.length !== 4) return true;
  if (isStamped(line) || clock !== undefined) return false;
  return claimedNanos(line) > nanosOf(atMillis + AHEAD_SECONDS_REFUSED * 1000);
}
